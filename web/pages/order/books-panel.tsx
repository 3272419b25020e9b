import type { ComponentChildren } from 'preact';
import { moneyText } from '../../../events/money.ts';
import { config } from '../../platform/session.ts';
import { send } from '../../platform/http.ts';
import { useData } from '../../platform/use-data.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Moment } from '../../ui/moment.tsx';
import { CountTable } from '../../ui/count-table.tsx';
import { wordsOf, type Tone } from '../../ui/order-status.tsx';
import type { Books, OrderTrace, ProviderFigures } from './order-trace.ts';

const VERDICTS: Readonly<Record<Books['verdict'], readonly [words: string, icon: IconName, tone: Tone]>> = {
  AGREE: ['The books agree', 'done', 'good'],
  OPEN: ['Still under way', 'waiting', 'busy'],
  BY_HAND: ['Settled by hand', 'done', 'undone'],
  DISAGREE: ['The books do not agree', 'alert', 'bad'],
};

/** Money and stock of the order, each figure from whoever owns it, and whether they say the same. */
export function BooksPanel({ trace }: { readonly trace: OrderTrace }) {
  const { books, order, payment, reservation } = trace;
  const [words, icon, tone] = VERDICTS[books.verdict];
  const currency = order?.currency ?? payment?.currency ?? 'EUR';
  return (
    <section class="panel books" aria-labelledby="books-title">
      <h2 id="books-title">Books</h2>
      <div class={`verdict ${tone}`}>
        <Icon name={icon} />
        <div>
          <strong>{words}</strong>
          <p class="sum">{books.text}</p>
          {books.faults.map((fault) => (
            <p key={fault}>{fault}</p>
          ))}
        </div>
      </div>
      <dl class="ledger">
        <Row title="Taken">{moneyText(books.takenMinor, currency)}</Row>
        <Row title="Returned">{moneyText(books.returnedMinor, currency)}</Row>
        <Row title="Units held">{String(books.heldUnits)}</Row>
        <Row title="Units shipped">{String(books.shippedUnits)}</Row>
      </dl>
      <dl class="ledger sources">
        <Row title="Payment provider">
          {trace.providerError ?? (trace.provider ? providerText(trace.provider, currency) : 'no payment yet')}
        </Row>
        <Row title="Our payment">
          {payment === undefined
            ? 'none'
            : [wordsOf(payment.state), payment.declineCode, payment.hold && wordsOf(payment.hold)]
                .filter(Boolean)
                .join(', ')}
        </Row>
        <Row title="Reservation">
          {reservation === undefined
            ? 'none'
            : `${wordsOf(reservation.state)}: ${reservation.lines.map(({ sku, quantity }) => `${sku} × ${quantity}`).join(', ') || 'nothing was held'}`}
        </Row>
      </dl>
      <Stock stock={trace.stock} />
      {config.value?.machine !== undefined && <ProviderLedger orderId={trace.orderId} currency={currency} />}
    </section>
  );
}

function Row({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function providerText({ outcome, receivedMinor, refunds, disputes }: ProviderFigures, currency: string): string {
  const parts = [
    `${outcome}, received ${moneyText(receivedMinor, currency)}`,
    ...refunds.map(({ amountMinor, standing }) => `refund ${moneyText(amountMinor, currency)} (${standing})`),
    ...disputes.map(({ amountMinor, standing }) => `dispute ${moneyText(amountMinor, currency)} (${standing})`),
  ];
  return parts.join('; ');
}

function Stock({ stock }: Pick<OrderTrace, 'stock'>) {
  if (stock.length === 0) return null;
  return (
    <details open={stock.length <= 3}>
      <summary>Stock of what was ordered</summary>
      <CountTable
        label="Stock"
        columns={['Product', 'Available', 'On hold', 'Shipped']}
        rows={stock.map(({ sku, available, onHold, shipped }) => [sku, available, onHold, shipped])}
      />
    </details>
  );
}

interface LedgerRow {
  readonly seq: number;
  readonly op: string;
  readonly ok: boolean;
  readonly amountMinor: number;
  readonly actor: string;
  readonly at: number | string;
}

/** The payment sandbox's own book: every movement that it was asked for. */
function ProviderLedger({ orderId, currency }: { readonly orderId: string; readonly currency: string }) {
  const ledger = useData(
    `ledger ${orderId}`,
    async () =>
      (await send<{ rows: LedgerRow[] }>(`pay/_sandbox/ledger?orderId=${encodeURIComponent(orderId)}`)).body.rows,
    { isAbout: (subject) => subject === orderId },
  );
  const rows = ledger.value ?? [];
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>The provider’s ledger</summary>
      <ol class="ledger-rows">
        {rows.map(({ seq, op, ok, amountMinor, actor, at }) => (
          <li key={seq}>
            <Moment at={at} />
            <span>
              {op} {ok ? '' : '(refused)'} <span class="quiet">by {actor}</span>
            </span>
            <span>{moneyText(amountMinor, currency)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
