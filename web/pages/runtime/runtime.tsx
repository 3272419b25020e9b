import { useState } from 'preact/hooks';
import { send } from '../../platform/http.ts';
import { useData } from '../../platform/use-data.ts';
import { Command } from '../../ui/command.tsx';
import { LogLines, type LogLine } from '../../ui/log-lines.tsx';
import { Shown } from '../../ui/notes.tsx';
import { Scrolled } from '../../ui/scrolled.tsx';
import { Queues } from './queues.tsx';
import { SendEvent } from './send-event.tsx';

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
