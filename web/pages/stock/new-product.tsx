import { useState } from 'preact/hooks';
import { decimalsOf } from '../../../events/money.ts';
import { announce } from '../../ui/announcer.tsx';
import { ProblemNote } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';
import { addProduct, countStock } from './stock-api.ts';

interface NewProductProps {
  /** Of the products that there are. */
  readonly currency: string;
  readonly refresh: () => void;
}

/** Puts a product on sale, with the units that there are of it. */
export function NewProduct({ currency: usual, refresh }: NewProductProps) {
  const [currency, setCurrency] = useState(usual);
  const decimals = decimalsOf(currency);
  const add = useAction(async (form: HTMLFormElement) => {
    const { sku, units, price, ...texts } = Object.fromEntries(new FormData(form)) as Record<Field, string>;
    await addProduct({ sku, ...texts, currency, priceMinor: Math.round(Number(price) * 10 ** decimals) });
    refresh(); // with its row the units can be counted again, should that fail
    await countStock(sku, Number(units));
    announce(`${texts.name} is on sale`);
    form.reset();
    refresh();
  });
  return (
    <details class="panel stock">
      <summary>Put a product on sale</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add.run(event.currentTarget);
        }}
      >
        <TextField name="sku" label="SKU: what you call it in the warehouse" maxLength={64} placeholder="TEAPOT-BLUE" />
        <TextField name="name" label="Name" maxLength={120} placeholder="Blue teapot" />
        <TextField name="description" label="Description" maxLength={2000} placeholder="One litre" />
        <TextField name="category" label="Category" maxLength={40} placeholder="teaware" />
        <label class="field">
          Currency
          <input
            type="text"
            required
            pattern="[A-Z]{3}"
            maxLength={3}
            value={currency}
            onInput={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
          />
        </label>
        <label class="field">
          Price
          <input name="price" type="number" required min="0" step={10 ** -decimals} />
        </label>
        <label class="field">
          Units in the warehouse
          <input name="units" type="number" required min="0" step="1" />
        </label>
        {add.problem && <ProblemNote problem={add.problem} />}
        <button type="submit" class="primary" disabled={add.isRunning}>
          Put it on sale
        </button>
      </form>
    </details>
  );
}

type TextName = 'sku' | 'name' | 'description' | 'category';
type Field = TextName | 'price' | 'units';

interface TextFieldProps {
  readonly name: TextName;
  readonly label: string;
  readonly maxLength: number;
  readonly placeholder: string;
}

function TextField({ label, ...input }: TextFieldProps) {
  return (
    <label class="field">
      {label}
      <input type="text" required={input.name !== 'description'} {...input} />
    </label>
  );
}
