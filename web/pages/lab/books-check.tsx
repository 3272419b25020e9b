import { signal } from '@preact/signals';
import { send } from '../../platform/http.ts';
import { problemOf, type Problem } from '../../platform/problem.ts';
import { announce } from '../../ui/announcer.tsx';
import { Command } from '../../ui/command.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ProblemNote } from '../../ui/notes.tsx';

interface RuleRow {
  readonly id: string;
  readonly says: string;
  readonly state: 'holds' | 'broken' | 'unasked';
  readonly found: readonly { readonly because: string; readonly keys: Readonly<Record<string, string>> }[];
}

interface Verdict {
  readonly underWay: readonly string[];
  readonly rules: readonly RuleRow[];
}

/** Of the last check, by whomever it was asked for. */
const check = signal<{ isRunning: boolean; verdict?: Verdict; problem?: Problem }>({ isRunning: false });

/** Asks every rule of the whole system, as `npm run check-invariants` does. */
export async function checkBooks(): Promise<void> {
  check.value = { ...check.value, isRunning: true };
  try {
    const verdict = await verdictAtRest();
    check.value = { isRunning: false, verdict };
    announce(summaryOf(verdict));
  } catch (error) {
    check.value = { isRunning: false, problem: problemOf(error) };
  }
}

const LOOKS = 10;
const PAUSE_MS = 1_000;

/** Most rules hold only when nothing is under way: a moment is waited for that. */
async function verdictAtRest(): Promise<Verdict> {
  for (let look = 1; ; look += 1) {
    const { body } = await send<Verdict>('machine/check-books', { method: 'POST', timeoutMs: 180_000 });
    if (body.underWay.length === 0 || look === LOOKS) return body;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

export function BooksCheck() {
  const { isRunning, verdict, problem } = check.value;
  const broken = verdict?.rules.filter(({ state }) => state === 'broken') ?? [];
  const tone = verdict === undefined ? '' : broken.length > 0 ? 'bad' : 'good';
  return (
    <section class="panel check-books" aria-labelledby="check-title">
      <div class="page-head">
        <h2 id="check-title">All books</h2>
        <button type="button" disabled={isRunning} onClick={() => void checkBooks()}>
          {isRunning ? 'Checking …' : 'Check all books'}
        </button>
      </div>
      {problem && <ProblemNote problem={problem} />}
      {verdict && (
        <>
          <div class={`verdict ${tone}`}>
            <Icon name={broken.length > 0 ? 'alert' : 'done'} />
            <div>
              <h2>{summaryOf(verdict)}</h2>
              {verdict.underWay.length > 0 && <p>Under way: {verdict.underWay.join(', ')}.</p>}
            </div>
          </div>
          <details open={broken.length > 0}>
            <summary>One row a rule</summary>
            <ul class="rules">
              {verdict.rules.map(({ id, says, state, found }) => (
                <li key={id} class={state === 'holds' ? 'good' : state === 'broken' ? 'bad' : 'quiet'}>
                  <Icon name={state === 'holds' ? 'done' : state === 'broken' ? 'failed' : 'idle'} />
                  <span>
                    <b>{id}</b> <span class="says">{says}</span>
                    {state === 'unasked' && ' (not checked)'}
                    {found.slice(0, 5).map(({ because }) => (
                      <div key={because}>{because}</div>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
      <Command label="In a terminal">npm run check-invariants</Command>
    </section>
  );
}

/** Without anything under way, what is not checked is what only a test that counted along could know. */
function summaryOf({ rules, underWay }: Verdict): string {
  const broken = rules.filter(({ state }) => state === 'broken').length;
  const holding = rules.filter(({ state }) => state === 'holds').length;
  if (broken > 0) return broken === 1 ? 'One rule is broken' : `${broken} rules are broken`;
  return underWay.length === 0
    ? `All ${holding} rules hold`
    : `${holding} of ${rules.length} rules hold, the others need rest`;
}
