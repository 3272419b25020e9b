import { useState } from 'preact/hooks';
import { moneyText } from '../../../events/money.ts';
import { addressOf } from '../../platform/router.ts';
import { useData } from '../../platform/use-data.ts';
import { Command } from '../../ui/command.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Shown } from '../../ui/notes.tsx';
import { OrderStatus, wordsOf } from '../../ui/order-status.tsx';
import { BooksPanel } from './books-panel.tsx';
import { readTrace, type OrderTrace, type Workflow } from './order-trace.ts';
import { EventsPanel } from './events-panel.tsx';
import { MailsPanel } from './mails-panel.tsx';
import { JourneyPanel, LinesPanel, LogsPanel } from './order-panels.tsx';
import { OrderActions } from './order-actions.tsx';
import { StepPanel } from './step-panel.tsx';
import { undoneSteps } from './step-look.ts';
import { Waterfall } from './waterfall.tsx';
import { WorkflowGraph } from './workflow-graph.tsx';

/** Everything about one order: what its workflows did, and beside it whether money and stock agree. */
export function Order({ orderId }: { readonly orderId: string }) {
  const trace = useData(`trace ${orderId}`, () => readTrace(orderId), {
    isAbout: (subject) => subject === orderId,
    atMostEveryMs: 120,
    pollMs: 2_000,
  });
  return (
    <>
      <p class="crumb">
        <a href={addressOf(['orders'])}>Orders</a>
      </p>
      <Shown data={trace} what="the order">
        {(known) => <Story trace={known} refresh={trace.refresh} />}
      </Shown>
    </>
  );
}

function Story({ trace, refresh }: { readonly trace: OrderTrace; readonly refresh: () => void }) {
  const [selected, setSelected] = useState<string>();
  const undone = undoneSteps(trace);
  const chosen = { undone, selected, onSelect: (name: string) => setSelected(name === selected ? undefined : name) };
  return (
    <>
      <Head trace={trace} />
      <Parkings trace={trace} />
      <div class="order-grid">
        <div class="stack">
          {trace.workflows.map((workflow) => (
            <section key={workflow.executionArn} class="panel" aria-label={titleOf(workflow)}>
              <h2>
                {titleOf(workflow)}{' '}
                <span class="quiet">{ENDS[workflow.status] ?? wordsOf(workflow.status).toLowerCase()}</span>
              </h2>
              <WorkflowGraph workflow={workflow} {...chosen} />
            </section>
          ))}
          {trace.workflows.length === 0 && (
            <p class="empty">No workflow has begun yet. It is on its way through the queue.</p>
          )}
        </div>
        <div class="stack">
          <BooksPanel trace={trace} />
          <OrderActions trace={trace} refresh={refresh} />
          <StepPanel trace={trace} selected={selected} undone={undone} />
          <JourneyPanel trace={trace} />
          <LinesPanel trace={trace} />
        </div>
      </div>
      {trace.workflows.length > 0 && (
        <section class="panel" aria-labelledby="waterfall-title">
          <h2 id="waterfall-title">Over time</h2>
          <Waterfall trace={trace} {...chosen} />
        </section>
      )}
      <div class="columns">
        <EventsPanel trace={trace} />
        <MailsPanel trace={trace} />
      </div>
      <LogsPanel orderId={trace.orderId} />
      <section class="panel" aria-labelledby="command-title">
        <h2 id="command-title">The same in a terminal</h2>
        <Command>{`npm run orders -- trace ${trace.orderId}`}</Command>
        <Command>{`npm run logs -- ${trace.orderId}`}</Command>
      </section>
    </>
  );
}

function Head({ trace: { orderId, order } }: { readonly trace: OrderTrace }) {
  return (
    <div class="order-head">
      <h1>
        Order <code class="id">{orderId}</code>
      </h1>
      {order && (
        <p>
          <OrderStatus status={order.status} reason={order.reason} />{' '}
          <strong>{moneyText(order.totalMinor, order.currency)}</strong>{' '}
          <span class="quiet">
            of <a href={addressOf(['orders'], { customer: order.customerId })}>{order.customerId}</a>, placed{' '}
            <Moment at={order.placedAt} withUtc />
          </span>
        </p>
      )}
    </div>
  );
}

function Parkings({ trace: { parked, orderId } }: { readonly trace: OrderTrace }) {
  const open = parked.filter(({ isOpen }) => isOpen);
  return (
    <>
      {open.map(({ step, reason, nextAction }) => (
        <div key={step} class="note bad">
          <Icon name="alert" />
          <div>
            <strong>
              Waits for an operator at “{step}”: {wordsOf(reason).toLowerCase()}.
            </strong>{' '}
            {nextAction} <a href={addressOf(['inbox'], { order: orderId })}>Decide in the inbox</a>
          </div>
        </div>
      ))}
    </>
  );
}

/** A workflow that did its duty has succeeded also where the order is cancelled: the word would mislead. */
const ENDS: Readonly<Record<string, string>> = { SUCCEEDED: 'ended', RUNNING: 'running' };

const TITLES: Readonly<Record<string, string>> = {
  'order-saga': 'Order workflow',
  'order-cancellation': 'Cancellation workflow',
};

function titleOf({ name }: Workflow): string {
  return TITLES[name] ?? name;
}
