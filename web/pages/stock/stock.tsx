import { useState } from 'preact/hooks';
import { decimalsOf, moneyText } from '../../../events/money.ts';
import { MAX_SHARDS } from '../../../events/stock-shards.ts';
import { useData } from '../../platform/use-data.ts';
import { announce } from '../../ui/announcer.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Empty, ProblemNote, Shown } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';
import type { Product } from '../shop/shop-api.ts';
import { NewProduct } from './new-product.tsx';
import {
  adjustStock,
  countStock,
  readDetails,
  readStock,
  setPrice,
  spreadStock,
  type StockChange,
  type StockRow,
} from './stock-api.ts';

/** What there is, what is promised, and what it costs. */
export function Stock() {
  const stock = useData('stock', readStock, { isAbout: () => true, atMostEveryMs: 1_000, pollMs: 10_000 });
  return (
    <>
      <h1>Stock and catalogue</h1>
      <Shown data={stock} what="the stock">
        {(rows) => (
          <>
            <NewProduct
              currency={rows.find(({ product }) => product)?.product?.currency ?? 'EUR'}
              refresh={stock.refresh}
            />
            {rows.length === 0 && <Empty>There is no product yet: put one on sale.</Empty>}
            <ul class="stack">
              {rows.map((row) => (
                <li key={row.sku}>
                  <Row row={row} refresh={stock.refresh} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Shown>
    </>
  );
}

function Row({ row: { sku, product, level }, refresh }: { readonly row: StockRow; readonly refresh: () => void }) {
  return (
    <details class="panel stock">
      <summary data-row>
        <span class="stock-line">
          <strong>{product?.name ?? sku}</strong>
          <code class="quiet">{sku}</code>
          <Figure title="available" value={level?.available} />
          <Figure title="on hold" value={level?.onHold} />
          <Figure title="in the warehouse" value={level?.stock} />
          <Figure title="sold and gone" value={level?.shipped} />
          <span class="price">
            {product === undefined ? 'not for sale' : moneyText(product.priceMinor, product.currency)}
          </span>
        </span>
      </summary>
      <div class="columns">
        {level ? <Adjust sku={sku} refresh={refresh} /> : <FirstCount sku={sku} refresh={refresh} />}
        {product && <Price key={product.sku} product={product} refresh={refresh} />}
        {level && <Details sku={sku} version={`${level.stock}`} />}
      </div>
    </details>
  );
}

function Figure({ title, value }: { readonly title: string; readonly value: number | undefined }) {
  return (
    <span class="figure">
      <b>{value ?? 0}</b> {title}
    </span>
  );
}

function Adjust({ sku, refresh }: { readonly sku: string; readonly refresh: () => void }) {
  const [key, setKey] = useState(() => crypto.randomUUID());
  const adjust = useAction(async (form: HTMLFormElement) => {
    const data = new FormData(form);
    await adjustStock(sku, { by: Number(data.get('by')), reason: String(data.get('reason') ?? '').trim(), key });
    announce('The stock is changed');
    form.reset();
    setKey(crypto.randomUUID());
    refresh();
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        adjust.run(event.currentTarget);
      }}
    >
      <h3>Units that came or went</h3>
      <label class="field">
        Units (negative: they went)
        <input name="by" type="number" required step="1" />
      </label>
      <label class="field">
        Reason
        <input name="reason" type="text" required maxLength={200} placeholder="delivery of 12 May" />
      </label>
      {adjust.problem && <ProblemNote problem={adjust.problem} onRetry={refresh} />}
      <button type="submit" disabled={adjust.isRunning}>
        Change the stock
      </button>
    </form>
  );
}

/** Nobody has said yet what there is: nothing can come or go. */
function FirstCount({ sku, refresh }: { readonly sku: string; readonly refresh: () => void }) {
  const count = useAction(async (form: HTMLFormElement) => {
    await countStock(sku, Number(new FormData(form).get('units')));
    announce('The stock is counted');
    refresh();
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        count.run(event.currentTarget);
      }}
    >
      <label class="field">
        Units in the warehouse
        <input name="units" type="number" required min="0" step="1" />
      </label>
      {count.problem && <ProblemNote problem={count.problem} onRetry={refresh} />}
      <button type="submit" disabled={count.isRunning}>
        Set the stock
      </button>
    </form>
  );
}

/** What is typed stays while somebody else changes the product: the version that was seen then is the one that counts. */
function Price({ product, refresh }: { readonly product: Product; readonly refresh: () => void }) {
  const [typedAt, setTypedAt] = useState<Product>();
  const [forms, setForms] = useState(0);
  const seen = typedAt ?? product;
  const decimals = decimalsOf(seen.currency);
  const startAnew = (): void => {
    setTypedAt(undefined);
    setForms(forms + 1);
    refresh();
  };
  const save = useAction(async (text: string) => {
    try {
      await setPrice(seen, Math.round(Number(text) * 10 ** decimals));
    } catch (error) {
      refresh(); // to show what it was changed to
      throw error;
    }
    announce('The price is changed');
    startAnew();
  });
  const look = (): void => {
    save.forget();
    startAnew();
  };
  return (
    <form
      key={`${seen.version} ${forms}`}
      onInput={() => setTypedAt(seen)}
      onSubmit={(event) => {
        event.preventDefault();
        save.run(String(new FormData(event.currentTarget).get('price')));
      }}
    >
      <h3>Price</h3>
      <label class="field">
        In {seen.currency}, version {seen.version}
        <input
          name="price"
          type="number"
          required
          min="0"
          step={10 ** -decimals}
          defaultValue={(seen.priceMinor / 10 ** decimals).toFixed(decimals)}
        />
      </label>
      {save.problem?.code === 'VERSION_MISMATCH' ? (
        <div class="note bad" role="alert">
          <div>
            <strong>Changed meanwhile.</strong> It costs {moneyText(product.priceMinor, product.currency)} now.{' '}
            <button type="button" onClick={look}>
              Look at it
            </button>
          </div>
        </div>
      ) : (
        save.problem && <ProblemNote problem={save.problem} onRetry={look} />
      )}
      <button type="submit" disabled={save.isRunning}>
        Change the price
      </button>
      <p class="quiet">Baskets get the new price. Orders keep the one that their customer accepted.</p>
    </form>
  );
}

function Details({ sku, version }: { readonly sku: string; readonly version: string }) {
  const details = useData(`stock ${sku} ${version}`, () => readDetails(sku));
  return (
    <div>
      <Shown data={details} what="changes">
        {({ shards, changes }) => (
          <>
            <Spread key={shards} sku={sku} shards={shards} refresh={details.refresh} />
            <Changes changes={changes} />
          </>
        )}
      </Shown>
    </div>
  );
}

interface SpreadProps {
  readonly sku: string;
  readonly shards: number;
  readonly refresh: () => void;
}

function Spread({ sku, shards, refresh }: SpreadProps) {
  const spread = useAction(async (form: HTMLFormElement) => {
    const wanted = Number(new FormData(form).get('shards'));
    await spreadStock(sku, wanted);
    announce(wanted === 1 ? 'The stock is in one row' : `The stock is spread over ${wanted} rows`);
    refresh();
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        spread.run(event.currentTarget);
      }}
    >
      <h3>Many orders at once</h3>
      <label class="field">
        Rows that the units are spread over
        <input name="shards" type="number" required min="1" max={MAX_SHARDS} step="1" defaultValue={String(shards)} />
      </label>
      {spread.problem && <ProblemNote problem={spread.problem} onRetry={refresh} />}
      <button type="submit" disabled={spread.isRunning}>
        Spread the units
      </button>
      <p class="quiet">One suits all but a product that many want in the same second. It is sold meanwhile.</p>
    </form>
  );
}

function Changes({ changes }: { readonly changes: readonly StockChange[] }) {
  return (
    <>
      <h3>Last changes</h3>
      <ul class="facts">
        {changes.length === 0 && <li>Nobody has changed it by hand.</li>}
        {changes.map(({ at, actor, by, reason, stock }) => (
          <li key={at}>
            <span>
              {by > 0 ? `+${by}` : by} to {stock}
            </span>
            <span class="quiet">
              {reason ?? 'no reason given'}, by {actor}
            </span>
            <Moment at={at} />
          </li>
        ))}
      </ul>
    </>
  );
}
