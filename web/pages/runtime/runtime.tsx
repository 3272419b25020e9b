import { useState } from 'preact/hooks';
import { aws } from '../../platform/aws.ts';
import { send } from '../../platform/http.ts';
import { addressOf } from '../../platform/router.ts';
import { useData } from '../../platform/use-data.ts';
import { announce } from '../../ui/announcer.tsx';
import { Command } from '../../ui/command.tsx';
import { CountTable } from '../../ui/count-table.tsx';
import { LogLines, type LogLine } from '../../ui/log-lines.tsx';
import { ProblemNote, Shown } from '../../ui/notes.tsx';
import { Scrolled } from '../../ui/scrolled.tsx';
import { useAction } from '../../ui/use-action.ts';

/** What runs on this machine: the resources of the deployed template. */
export function Runtime() {
  return (
    <>
      <h1>Runtime</h1>
      <div class="stack">
        <Errors />
        <Queues />
        <Functions />
        <SendEvent />
        <Resources />
      </div>
    </>
  );
}

function Errors() {
  const errors = useData('errors', () => readLines('errors'), {
    isAbout: () => true,
    atMostEveryMs: 3_000,
    pollMs: 10_000,
  });
  return (
    <section class="panel" aria-labelledby="errors-title">
      <h2 id="errors-title">Errors of the last day</h2>
      <Shown data={errors} what="errors">
        {(lines) => <LogLines lines={lines} />}
      </Shown>
      <Command label="In a terminal">npm run logs</Command>
    </section>
  );
}

async function readLines(query: string): Promise<readonly LogLine[]> {
  return (await send<{ lines: LogLine[] }>(`machine/logs?${query}`)).body.lines;
}

interface Depth {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

async function readQueues(): Promise<Depth[]> {
  const { QueueUrls = [] } = await aws<{ QueueUrls?: string[] }>('AmazonSQS.ListQueues', {});
  return Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const { Attributes = {} } = await aws<{ Attributes?: Record<string, string> }>('AmazonSQS.GetQueueAttributes', {
        QueueUrl,
        AttributeNames: ['All'],
      });
      const count = (name: string): number => Number(Attributes[name] ?? 0);
      return {
        name: QueueUrl.split('/').at(-1) ?? QueueUrl,
        visible: count('ApproximateNumberOfMessages'),
        inFlight: count('ApproximateNumberOfMessagesNotVisible'),
        delayed: count('ApproximateNumberOfMessagesDelayed'),
      };
    }),
  );
}

function Queues() {
  const queues = useData('queues', readQueues, { isAbout: () => true, atMostEveryMs: 1_000, pollMs: 5_000 });
  return (
    <section class="panel" aria-labelledby="queues-title">
      <h2 id="queues-title">Queues</h2>
      <Shown data={queues} what="queues">
        {(rows) => (
          <CountTable
            label="Queues"
            columns={['Queue', 'Waiting', 'In work', 'Delayed']}
            rows={rows.map(({ name, visible, inFlight, delayed }) => [name, visible, inFlight, delayed])}
          />
        )}
      </Shown>
    </section>
  );
}

async function readFunctions(): Promise<readonly string[]> {
  const { body } = await send<{ Functions: { Handler: string }[] }>('aws/2015-03-31/functions');
  return body.Functions.map(({ Handler }) => Handler.replace(/\.\w+$/, '')).toSorted();
}

function Functions() {
  const functions = useData('functions', readFunctions);
  const [chosen, setChosen] = useState<string>();
  return (
    <section class="panel" aria-labelledby="functions-title">
      <h2 id="functions-title">Functions</h2>
      <Shown data={functions} what="functions">
        {(names) => (
          <ul class="chips">
            {names.map((name) => (
              <li key={name}>
                <button
                  type="button"
                  data-row
                  aria-pressed={name === chosen}
                  onClick={() => setChosen(name === chosen ? undefined : name)}
                >
                  {name}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Shown>
      {chosen !== undefined && <Tail key={chosen} name={chosen} />}
    </section>
  );
}

function Tail({ name }: { readonly name: string }) {
  const lines = useData(`tail ${name}`, () => readLines(`function=${encodeURIComponent(name)}`), {
    isAbout: () => true,
    atMostEveryMs: 1_000,
    pollMs: 5_000,
  });
  return (
    <>
      <Shown data={lines} what="its log">
        {(found) => <LogLines lines={found} />}
      </Shown>
      <Command label="In a terminal">{`npm run logs -- ${name} --follow`}</Command>
    </>
  );
}

const SAMPLE_ORDER = `{
  "customerId": "alice",
  "currency": "EUR",
  "lines": [{ "sku": "CUP-WHITE", "quantity": 2, "unitPriceMinor": 850 }],
  "paymentMethodId": "pm_card_visa"
}`;

function SendEvent() {
  const [orderId, setOrderId] = useState<string>();
  const publish = useAction(async (text: string) => {
    const { body } = await send<{ orderId: string }>('machine/checkout', {
      method: 'POST',
      body: JSON.parse(text) as unknown,
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
        BasketCheckedOut, as another system would send it. What a checkout adds itself can be left out.
        <textarea name="order" rows={7} spellcheck={false} defaultValue={SAMPLE_ORDER} />
      </label>
      {publish.problem && <ProblemNote problem={publish.problem} />}
      <button type="submit" disabled={publish.isRunning}>
        Send it
      </button>
      {orderId !== undefined && (
        <p>
          On the bus: <a href={addressOf(['orders', orderId])}>{orderId}</a>
        </p>
      )}
    </form>
  );
}

interface Listed {
  readonly resources: Readonly<Record<string, { readonly type: string; readonly physicalId: string }>>;
}

function Resources() {
  const listed = useData('resources', async () => (await send<Listed>('aws/_runtime/resources')).body);
  return (
    <details class="panel">
      <summary>
        <h2>Resources</h2>
      </summary>
      <Shown data={listed} what="resources">
        {({ resources }) => (
          <Scrolled label="Resources">
            <table>
              <thead>
                <tr>
                  <th scope="col">Resource</th>
                  <th scope="col">Type</th>
                </tr>
              </thead>
              <tbody>
                {Object.entries(resources).map(([logicalId, { type, physicalId }]) => (
                  <tr key={logicalId}>
                    <th scope="row" title={physicalId}>
                      {logicalId}
                    </th>
                    <td>{type.replace('AWS::', '')}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scrolled>
        )}
      </Shown>
    </details>
  );
}
