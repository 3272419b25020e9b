import { useState } from 'preact/hooks';
import { send } from '../../platform/http.ts';
import { Problem } from '../../platform/problem.ts';
import { addressOf } from '../../platform/router.ts';
import { useData } from '../../platform/use-data.ts';
import { announce } from '../../ui/announcer.tsx';
import { FieldTable, type DescribedFields } from '../../ui/field-table.tsx';
import { ProblemNote, Shown } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';

const EVENT = 'BasketCheckedOut.v1';
const SAMPLE_ORDER = `{
  "customerId": "alice",
  "currency": "EUR",
  "lines": [{ "sku": "CUP-WHITE", "quantity": 2, "unitPriceMinor": 850 }],
  "paymentMethodId": "pm_card_visa"
}`;

/** A checkout's event, as another system would put it onto the bus. */
export function SendEvent() {
  const [orderId, setOrderId] = useState<string>();
  const [isOpen, setOpen] = useState(false);
  const publish = useAction(async (text: string) => {
    const { body } = await send<{ orderId: string }>('machine/checkout', {
      method: 'POST',
      body: parsed(text),
    });
    setOrderId(body.orderId);
    announce('The event is on the bus');
  });
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        publish.run(String(new FormData(event.currentTarget).get('order')));
      }}
    >
      <h2>Send a checkout’s event</h2>
      <label class="field">
        {EVENT}, as another system would send it. What a checkout adds itself can be left out.
        <textarea name="order" rows={7} spellcheck={false} defaultValue={SAMPLE_ORDER} />
      </label>
      {publish.problem && <ProblemNote problem={publish.problem} />}
      <button type="submit" class="primary" disabled={publish.isRunning}>
        Send it
      </button>
      {orderId !== undefined && (
        <p>
          On the bus: <a href={addressOf(['orders', orderId])}>{orderId}</a>
        </p>
      )}
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>What its schema says</summary>
        {isOpen && <Schema />}
      </details>
    </form>
  );
}

/** @throws Problem in words: it is the reader's text, not the page's. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(400, { title: 'That is no JSON', code: 'NOT_JSON', detail: (error as Error).message });
  }
}

function Schema() {
  const described = useData(
    'checkout-schema',
    async () => (await send<DescribedFields>(`machine/event-schema?detailType=${EVENT}`)).body,
  );
  return (
    <Shown data={described} what="the schema">
      {({ fields }) => <FieldTable fields={fields} label={`${EVENT}, with its sample`} />}
    </Shown>
  );
}
