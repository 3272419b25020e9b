import { useState } from 'preact/hooks';
import { addressOf } from '../../platform/router.ts';
import { config } from '../../platform/session.ts';
import { useData } from '../../platform/use-data.ts';
import { announce } from '../../ui/announcer.tsx';
import { Command } from '../../ui/command.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Empty, ProblemNote, Shown } from '../../ui/notes.tsx';
import { Badge, OrderStatus } from '../../ui/order-status.tsx';
import { useAction } from '../../ui/use-action.ts';
import { readStock } from '../stock/stock-api.ts';
import { BooksCheck, checkBooks } from './books-check.tsx';
import { commandOf, type LabPorts } from './commands.ts';
import { FAULTS, type Fault, type LabOrder } from './faults.ts';
import { LabTools } from './lab-tools.tsx';
import { runFault, type Run } from './run-fault.ts';

/** Break something, watch what happens, and check every rule. */
export function Lab() {
  const order = useData('lab-order', orderable);
  const faults = FAULTS.filter(({ also }) => also !== 'kill' || config.value?.machine?.canKill);
  return (
    <>
      <h1>Lab</h1>
      <p class="lead">
        Each of these goes wrong in the real world. Try one: it plays with one order of alice’s, and then every rule of
        money, stock, orders and events is checked.
      </p>
      <div class="columns">
        <BooksCheck />
        <LabTools ports={labPorts()} />
      </div>
      <Shown data={order} what="what can be ordered">
        {(found) =>
          found === undefined ? (
            <Empty>Nothing can be ordered: bring some stock in first.</Empty>
          ) : (
            <ul class="tiles faults">
              {faults.map((fault) => (
                <li key={fault.id}>
                  <FaultCard fault={fault} order={found} />
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </>
  );
}

/** Something that can be had, cheap ones first. */
async function orderable(): Promise<LabOrder | undefined> {
  const rows = await readStock();
  const found = rows
    .filter(({ product, level }) => product !== undefined && (level?.available ?? 0) > 0)
    .toSorted((one, other) => (other.level?.available ?? 0) - (one.level?.available ?? 0))[0];
  return found?.product && { sku: found.sku, priceMinor: found.product.priceMinor, currency: found.product.currency };
}

function FaultCard({ fault, order }: { readonly fault: Fault; readonly order: LabOrder }) {
  const [run, setRun] = useState<Run>();
  const play = useAction(async () => {
    await runFault(fault, order, setRun);
    announce(`${fault.title}: over`);
    await checkBooks();
  });
  return (
    <article class="panel fault" aria-label={fault.title}>
      <h2>{fault.title}</h2>
      <p>{fault.happens}</p>
      <p class="quiet">
        <strong>You should see:</strong> {fault.see}
      </p>
      <button type="button" data-row class="primary" disabled={play.isRunning} onClick={play.run}>
        {play.isRunning ? 'Running …' : 'Try it'}
      </button>
      {run && <RunReport run={run} />}
      {play.problem && <ProblemNote problem={play.problem} />}
      <details>
        <summary>In a terminal</summary>
        <Command>{commandOf(fault, order, labPorts())}</Command>
      </details>
    </article>
  );
}

function RunReport({ run: { says, orderId, fired, ended, isAsTold, isOver } }: { readonly run: Run }) {
  return (
    <div class="run" role="status">
      <p>
        {!isOver && <Icon name="waiting" />} {says}
        {orderId !== undefined && (
          <>
            {': '}
            <a href={addressOf(['orders', orderId])}>
              <code class="id">{orderId}</code>
            </a>
          </>
        )}
      </p>
      {fired !== undefined && (
        <Badge icon={fired ? 'done' : 'failed'} tone={fired ? 'good' : 'bad'}>
          {fired ? 'The fault fired' : 'The fault did not fire'}
        </Badge>
      )}
      {ended !== undefined && (
        <>
          {ended === 'PARKED' ? (
            <a href={addressOf(['inbox'], { order: orderId })}>
              <Badge icon="alert" tone="busy">
                Waits in the inbox
              </Badge>
            </a>
          ) : (
            <OrderStatus status={ended} />
          )}{' '}
          <span class={isAsTold ? 'good' : 'quiet'}>{isAsTold ? 'as told' : 'another end than told'}</span>
        </>
      )}
    </div>
  );
}

/** `npm start` takes four ports in a row; the page's is the last. */
function labPorts(): LabPorts {
  const page = Number(location.port);
  return { aws: page - 3, sandbox: page - 1 };
}
