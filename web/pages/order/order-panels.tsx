import { useState } from 'preact/hooks';
import { moneyText } from '../../../events/money.ts';
import { config } from '../../platform/session.ts';
import { send } from '../../platform/http.ts';
import { useData } from '../../platform/use-data.ts';
import { Moment } from '../../ui/moment.tsx';
import { Shown } from '../../ui/notes.tsx';
import { OrderStatus } from '../../ui/order-status.tsx';
import { LogLines, type LogLine } from '../../ui/log-lines.tsx';
import type { OrderTrace } from './order-trace.ts';

export function JourneyPanel({ trace: { journey } }: { readonly trace: OrderTrace }) {
  return (
    <section class="panel" aria-labelledby="journey-title">
      <h2 id="journey-title">Status over time</h2>
      <ol class="journey">
        {journey.map(({ version, status, at, reason, actor }, index) => (
          <li key={version}>
            <OrderStatus status={status} reason={reason} isPast={index < journey.length - 1} />
            {actor !== undefined && <span class="quiet">by {actor}</span>}
            <Moment at={at} />
          </li>
        ))}
      </ol>
    </section>
  );
}

export function LinesPanel({ trace: { order } }: { readonly trace: OrderTrace }) {
  if (order === undefined) return null;
  const { lines, currency, totalMinor } = order;
  return (
    <section class="panel" aria-labelledby="ordered-title">
      <details open={lines.length <= 8}>
        <summary>
          <h2 id="ordered-title">{lines.length === 1 ? 'One line' : `${lines.length} lines`}</h2>
        </summary>
        <ul class="basket-lines">
          {lines.map(({ sku, quantity, unitPriceMinor }) => (
            <li key={sku}>
              <span class="name">{sku}</span>
              <span>× {quantity}</span>
              <span class="amount">{moneyText(unitPriceMinor * quantity, currency)}</span>
            </li>
          ))}
        </ul>
        <p class="total">
          <span>Total</span>
          <strong>{moneyText(totalMinor, currency)}</strong>
        </p>
      </details>
    </section>
  );
}

/** Read when somebody opens it: every function of the shop is asked. */
export function LogsPanel({ orderId }: { readonly orderId: string }) {
  const [isOpen, setOpen] = useState(false);
  if (config.value?.machine === undefined) return null;
  return (
    <details class="panel" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>Logs</h2>
      </summary>
      {isOpen && <Logs orderId={orderId} />}
    </details>
  );
}

function Logs({ orderId }: { readonly orderId: string }) {
  const logs = useData(
    `logs ${orderId}`,
    async () => (await send<{ lines: LogLine[] }>(`machine/logs?about=${encodeURIComponent(orderId)}`)).body.lines,
    { isAbout: (subject) => subject === orderId, atMostEveryMs: 1_000 },
  );
  return (
    <Shown data={logs} what="logs">
      {(lines) => <LogLines lines={lines} />}
    </Shown>
  );
}
