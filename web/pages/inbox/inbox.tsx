import { useState } from 'preact/hooks';
import { moneyText } from '../../../events/money.ts';
import { send } from '../../platform/http.ts';
import { addressOf, place } from '../../platform/router.ts';
import { config } from '../../platform/session.ts';
import { useData } from '../../platform/use-data.ts';
import { announce } from '../../ui/announcer.tsx';
import { Command } from '../../ui/command.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ProblemNote, Shown } from '../../ui/notes.tsx';
import { Badge, wordsOf } from '../../ui/order-status.tsx';
import { useAction } from '../../ui/use-action.ts';
import { decide, readInbox, type DeadLetterQueue, type DecisionKind, type ParkedOrder } from './inbox-api.ts';

/** What waits for a person, and what to do about it. */
export function Inbox() {
  const inbox = useData('inbox', readInbox, { isAbout: () => true, atMostEveryMs: 1_000, pollMs: 10_000 });
  const wanted = place.value.query['order'];
  return (
    <>
      <h1>Inbox</h1>
      <p class="lead">
        What everything automatic has given up on. What to do about each is in <code>docs/runbook.md</code>.
      </p>
      <Shown data={inbox} what="what waits">
        {({ parked, queues }) => (
          <>
            <h2>Orders that wait for a decision</h2>
            {parked.length === 0 && (
              <Empty>
                <Icon name="done" /> No order waits for a person.
              </Empty>
            )}
            <ul class="stack">
              {parked.map((order) => (
                <li key={`${order.orderId} ${order.step}`}>
                  <Parked order={order} isWanted={order.orderId === wanted} refresh={inbox.refresh} />
                </li>
              ))}
            </ul>
            <h2 class="spaced">Messages that nobody could work on</h2>
            <Queues queues={queues} refresh={inbox.refresh} />
          </>
        )}
      </Shown>
    </>
  );
}

interface ParkedProps {
  readonly order: ParkedOrder;
  readonly isWanted: boolean;
  readonly refresh: () => void;
}

function Parked({ order, isWanted, refresh }: ParkedProps) {
  const { orderId, step, reason, since, errorName, exposureMinor, exposureCertain, currency, heldLines } = order;
  return (
    <article class={`panel parked${isWanted ? ' wanted' : ''}`} aria-label={`Order ${orderId}`}>
      <div class="parked-head">
        <Badge icon="alert" tone="bad">
          {wordsOf(reason)}
        </Badge>
        <a data-row href={addressOf(['orders', orderId])}>
          <code class="id">{orderId}</code>
        </a>
        <span class="quiet">
          at “{step}” since <Moment at={since} withUtc />
        </span>
      </div>
      <p>{order.nextAction}</p>
      <dl class="ledger">
        <div>
          <dt>Open money</dt>
          <dd>
            {exposureCertain ? '' : 'up to '}
            {moneyText(exposureMinor, currency)}
          </dd>
        </div>
        <div>
          <dt>Held stock</dt>
          <dd>{heldLines.map(({ sku, quantity }) => `${sku} × ${quantity}`).join(', ') || 'none'}</dd>
        </div>
        <div>
          <dt>Error</dt>
          <dd>
            <code>{errorName}</code>
          </dd>
        </div>
        {Object.entries(order.particulars ?? {}).map(([name, text]) => (
          <div key={name}>
            <dt>{wordsOf(name)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <Decision order={order} refresh={refresh} />
    </article>
  );
}

function Decision({ order, refresh }: { readonly order: ParkedOrder; readonly refresh: () => void }) {
  const [evidence, setEvidence] = useState('');
  const act = useAction(async (decision: DecisionKind) => {
    await decide(order, decision, evidence.trim());
    announce(decision === 'resolved' ? 'The order is resolved' : 'The step runs again');
    refresh();
  });
  return (
    <>
      <div class="decisions">
        <div>
          <button type="button" class="primary" disabled={act.isRunning} onClick={() => act.run('retry')}>
            Retry
          </button>
          <span class="quiet">runs “{order.step}” again</span>
          {act.problem?.code === 'RETRY_IN_VAIN' && (
            <button type="button" disabled={act.isRunning} onClick={() => act.run('retryAnyway')}>
              Retry anyway
            </button>
          )}
        </div>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            act.run('resolved');
          }}
        >
          <label class="field">
            Or say how you settled it
            <input
              type="text"
              required
              maxLength={1024}
              value={evidence}
              placeholder="refunded by hand: re_123"
              onInput={(event) => setEvidence(event.currentTarget.value)}
            />
          </label>
          <button type="submit" disabled={act.isRunning}>
            Resolve
          </button>
        </form>
      </div>
      {act.problem && <ProblemNote problem={act.problem} onRetry={refresh} />}
      <details>
        <summary>The same in a terminal</summary>
        <Command>{`npm run orders -- parked retry ${order.orderId} --step "${order.step}"`}</Command>
      </details>
    </>
  );
}

function Queues({ queues, refresh }: { readonly queues: readonly DeadLetterQueue[]; readonly refresh: () => void }) {
  const filled = queues.filter(({ visible, inFlight }) => visible + inFlight > 0);
  return (
    <>
      {filled.length === 0 && (
        <Empty>
          <Icon name="done" /> All {queues.length} dead-letter queues are empty.
        </Empty>
      )}
      <ul class="stack">
        {filled.map((queue) => (
          <li key={queue.name}>
            <Queue queue={queue} refresh={refresh} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Queue({ queue, refresh }: { readonly queue: DeadLetterQueue; readonly refresh: () => void }) {
  const { name, kind, visible, inFlight, messages } = queue;
  const redrive = useAction(async () => {
    const { body } = await send<{ moved: number }>('machine/redrive', { method: 'POST', body: { queue: name } });
    announce(`${body.moved} messages were sent again`);
    refresh();
  });
  return (
    <article class="panel" aria-label={name}>
      <div class="parked-head">
        <h3>{name}</h3>
        <Badge icon="alert" tone="bad">
          {visible + inFlight === 1 ? 'One message' : `${visible + inFlight} messages`}
        </Badge>
      </div>
      <ul class="facts">
        {messages.map(({ messageId, subject, orderId, reasons, receives, sentAt }) => (
          <li key={messageId}>
            <span>
              {subject}
              {orderId !== undefined && (
                <>
                  {' '}
                  <a href={addressOf(['orders', orderId])}>
                    <code class="id">{orderId}</code>
                  </a>
                </>
              )}
            </span>
            <span class="quiet">
              {reasons.join('; ')} {receives} tries
            </span>
            {sentAt !== undefined && <Moment at={sentAt} />}
          </li>
        ))}
      </ul>
      {redrive.problem && <ProblemNote problem={redrive.problem} onRetry={redrive.forget} />}
      {kind !== 'other' && config.value?.machine !== undefined && (
        <button type="button" disabled={redrive.isRunning} onClick={redrive.run}>
          Redrive: send all of them again
        </button>
      )}
      {kind !== 'other' && <Command label="In a terminal">{`npm run orders -- dlq redrive ${name}`}</Command>}
    </article>
  );
}
