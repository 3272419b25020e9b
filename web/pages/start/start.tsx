import type { ComponentChildren } from 'preact';
import { aws } from '../../platform/aws.ts';
import { addressOf } from '../../platform/router.ts';
import { config, isAdmin } from '../../platform/session.ts';
import { useData } from '../../platform/use-data.ts';
import { Command } from '../../ui/command.tsx';
import { OrderRows } from '../../ui/order-rows.tsx';
import { Badge } from '../../ui/order-status.tsx';
import { Shown } from '../../ui/notes.tsx';
import { readInbox } from '../inbox/inbox-api.ts';
import { findOrders } from '../orders/find-orders.ts';

/** What this is, what to do first, and whether all is well. */
export function Start() {
  const machine = config.value?.machine;
  return (
    <>
      <h1>Every order ends well, or is undone</h1>
      <p class="lead">
        A customer’s basket becomes one confirmed order, or a cleanly cancelled one: money and stock are never left
        wrong. Place an order and watch its workflow; then break something and watch nothing go wrong.
      </p>
      <div class="cards-grid">
        <Card href={addressOf(['shop'])} title="Place an order">
          Buy as a customer, with a card that pays, is declined, or asks the bank first.
        </Card>
        {isAdmin.value && (
          <Card href={addressOf(['orders'])} title="Follow the orders">
            See each workflow, its attempts and waits, and beside it the books.
          </Card>
        )}
        {machine !== undefined && isAdmin.value && (
          <Card href={addressOf(['lab'])} title="Break something">
            Lose answers, refuse refunds, kill the runtime. Then check every rule.
          </Card>
        )}
        {isAdmin.value && (
          <Card href={addressOf(['inbox'])} title="Decide what waits">
            Orders that need a person, and messages that nobody could work on.
          </Card>
        )}
      </div>
      {isAdmin.value && (
        <div class="columns">
          <Latest />
          <Health />
        </div>
      )}
    </>
  );
}

function Card({
  href,
  title,
  children,
}: {
  readonly href: string;
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <a class="panel card" data-row href={href}>
      <h2>{title}</h2>
      <p>{children}</p>
    </a>
  );
}

function Latest() {
  const latest = useData('latest', () => findOrders({}), { isAbout: () => true, atMostEveryMs: 1_000, pollMs: 10_000 });
  return (
    <section class="panel" aria-labelledby="latest-title">
      <h2 id="latest-title">Latest orders</h2>
      <Shown data={latest} what="orders">
        {({ items }) =>
          items.length === 0 ? (
            <p class="quiet">None yet. Place one in the shop.</p>
          ) : (
            <OrderRows orders={items.slice(0, 6)} hrefOf={(orderId) => addressOf(['orders', orderId])} />
          )
        }
      </Shown>
    </section>
  );
}

interface Alarm {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
}

function Health() {
  const inbox = useData('inbox', readInbox, { isAbout: () => true, atMostEveryMs: 2_000, pollMs: 10_000 });
  return (
    <section class="panel" aria-labelledby="health-title">
      <h2 id="health-title">Is all well?</h2>
      <Shown data={inbox} what="what waits">
        {({ parked, deadLetters }) => (
          <p>
            <a href={addressOf(['inbox'])}>
              {parked.length + deadLetters === 0 ? (
                <Badge icon="done" tone="good">
                  Nothing waits for a person
                </Badge>
              ) : (
                <Badge icon="alert" tone="bad">
                  {parked.length} orders and {deadLetters} messages wait for a person
                </Badge>
              )}
            </a>
          </p>
        )}
      </Shown>
      {config.value?.machine !== undefined && <Alarms />}
      <p class="quiet">The books of all orders, by every rule:</p>
      <Command>npm run check-invariants</Command>
    </section>
  );
}

function Alarms() {
  const ringing = useData(
    'alarms',
    async () =>
      (await aws<{ MetricAlarms: Alarm[] }>('GraniteServiceVersion20100801.DescribeAlarms', { StateValue: 'ALARM' }))
        .MetricAlarms,
    { pollMs: 10_000 },
  );
  return (
    <Shown data={ringing} what="alarms">
      {(alarms) =>
        alarms.length === 0 ? (
          <p>
            <Badge icon="done" tone="good">
              No alarm rings
            </Badge>
          </p>
        ) : (
          <ul class="stack">
            {alarms.map(({ AlarmName, AlarmDescription }) => (
              <li key={AlarmName}>
                <Badge icon="alert" tone="bad">
                  Rings
                </Badge>{' '}
                <code>{AlarmName}</code> {AlarmDescription}
              </li>
            ))}
          </ul>
        )
      }
    </Shown>
  );
}
