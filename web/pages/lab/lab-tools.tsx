import { useRef } from 'preact/hooks';
import { config } from '../../platform/session.ts';
import { announce } from '../../ui/announcer.tsx';
import { Command } from '../../ui/command.tsx';
import { ProblemNote } from '../../ui/notes.tsx';
import { useAction } from '../../ui/use-action.ts';
import { disarm } from './behaviours.ts';
import { skipCommand, THROTTLED, type LabPorts } from './commands.ts';
import { beginAnew, isUp, skipWaits, unthrottle } from './machine.ts';
import { until } from './until.ts';

const HOUR_SECONDS = 3_600;

/** What is done to the whole shop, whatever was tried before. */
export function LabTools({ ports }: { readonly ports: LabPorts }) {
  const skip = useAction(async () => {
    const skipped = await skipWaits(HOUR_SECONDS);
    announce(skipped === 1 ? 'One wait ended' : `${skipped} waits ended`);
  });
  const undo = useAction(async () => {
    await Promise.all([disarm(), unthrottle(THROTTLED)]);
    announce('Nothing is armed or throttled any more');
  });
  const problem = skip.problem ?? undo.problem;
  return (
    <section class="panel lab-tools" aria-labelledby="tools-title">
      <h2 id="tools-title">The whole shop</h2>
      <div class="actions first">
        <button type="button" disabled={skip.isRunning} onClick={skip.run}>
          Skip an hour
        </button>
        <button type="button" disabled={undo.isRunning} onClick={undo.run}>
          Reset the faults
        </button>
        {config.value?.machine?.canKill && <BeginAnew />}
      </div>
      {problem && <ProblemNote problem={problem} />}
      <details>
        <summary>In a terminal</summary>
        <Command>
          {[
            skipCommand(HOUR_SECONDS, ports),
            `curl -X DELETE localhost:${ports.sandbox}/_sandbox/behaviours`,
            'npm start -- --fresh',
          ].join('\n')}
        </Command>
      </details>
    </section>
  );
}

/** Asks first: what is forgotten does not come back. */
function BeginAnew() {
  const dialog = useRef<HTMLDialogElement>(null);
  const anew = useAction(async () => {
    await beginAnew();
    await until(isUp, (up) => !up);
    await until(isUp, Boolean);
    // Another user pool has another client: nothing of this page is worth keeping.
    location.reload();
  });
  return (
    <>
      <button type="button" class="danger" onClick={() => dialog.current?.showModal()}>
        Begin anew …
      </button>
      <dialog ref={dialog} aria-labelledby="anew-title">
        <h2 id="anew-title">Forget everything?</h2>
        <p>All orders, stock and prices of this machine are deleted. The shop starts again with its sample orders.</p>
        {anew.problem && <ProblemNote problem={anew.problem} />}
        <div class="actions">
          <button type="button" class="danger" disabled={anew.isRunning} onClick={anew.run}>
            {anew.isRunning ? 'Starting again …' : 'Forget it and begin anew'}
          </button>
          <button type="button" disabled={anew.isRunning} onClick={() => dialog.current?.close()}>
            Keep it
          </button>
        </div>
      </dialog>
    </>
  );
}
