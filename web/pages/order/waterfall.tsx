import { Icon } from '../../ui/icon.tsx';
import { durationText, Moment } from '../../ui/moment.tsx';
import { Scrolled } from '../../ui/scrolled.tsx';
import type { Attempt, OrderTrace, Step } from './order-trace.ts';
import { causeText, lookOf, waitedMs } from './step-look.ts';

interface WaterfallProps {
  readonly trace: OrderTrace;
  readonly undone: ReadonlyMap<string, string>;
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}

/** Of a workflow: from its first step's beginning to its last one's end, or to now. */
interface Span {
  readonly startMs: number;
  readonly lengthMs: number;
}

/** Every step over time. A table, so that whoever cannot see the bars reads when each began and how long it took. */
export function Waterfall({ trace, undone, selected, onSelect }: WaterfallProps) {
  const steps = trace.workflows.flatMap(({ name, steps: own }) => {
    const span = spanOf(own);
    return own.map((step) => ({ workflow: name, step, span }));
  });
  return (
    <Scrolled label="Steps over time">
      <table class="waterfall">
        <caption class="only-heard">Steps of the workflows by time</caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col" class="bar-column">
              {trace.workflows.length > 1
                ? 'Each workflow from its own beginning'
                : `Over ${durationText(steps[0]?.span.lengthMs ?? 0)}`}
            </th>
            <th scope="col">Began</th>
            <th scope="col" class="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ workflow, step, span }, index) => {
            const look = lookOf(step, undone);
            return (
              <tr key={`${workflow} ${index}`} class={step.name === selected ? 'selected' : ''}>
                <th scope="row">
                  <button type="button" class="link" data-row onClick={() => onSelect(step.name)}>
                    <span class={look.tone}>
                      <Icon name={look.icon} />
                    </span>
                    <span>{step.name}</span>
                  </button>
                  <Details step={step} words={look.words} />
                </th>
                <td class="bar-column">
                  <Bar step={step} span={span} />
                </td>
                <td>
                  <Moment at={step.enteredAt} />
                </td>
                <td class="number">{step.exitedAt === undefined ? 'not over' : durationText(lengthOf(step))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scrolled>
  );
}

/** What is said of a step beside its name: how it stands, what went wrong before, what was waited for. */
function Details({ step, words }: { readonly step: Step; readonly words: string }) {
  const failures = step.attempts.filter(({ error }) => error !== undefined);
  const waits = step.attempts.map(waitedMs).filter((ms) => ms !== undefined && ms >= 1_000);
  return (
    <div class="quiet details">
      {words}
      {failures.length > 0 && step.attempts.length > 1 && (
        <ol>
          {step.attempts.map((attempt, index) => (
            <li key={attempt.scheduledAt}>
              attempt {index + 1}: {attemptWords(attempt, step.attempts[index - 1])}
            </li>
          ))}
        </ol>
      )}
      {failures.length > 0 && <div>{causeText(failures.at(-1)?.cause).slice(0, 160)}</div>}
      {waits.map((ms) => (
        <div key={ms}>waited {durationText(ms ?? 0)} for an answer</div>
      ))}
    </div>
  );
}

function attemptWords({ scheduledAt, endedAt, error }: Attempt, before: Attempt | undefined): string {
  const pause =
    before?.endedAt === undefined
      ? ''
      : `after a pause of ${durationText(Date.parse(scheduledAt) - Date.parse(before.endedAt))}, `;
  return `${pause}${error ?? (endedAt === undefined ? 'running' : 'done')}`;
}

/** Work is solid, a wait for somebody else is striped, a pause between two attempts is a thin line. */
function Bar({ step, span }: { readonly step: Step; readonly span: Span }) {
  const at = (time: string | undefined): number =>
    ((time === undefined ? Date.now() : Date.parse(time)) - span.startMs) / span.lengthMs;
  const piece = (from: number, to: number) => ({
    x: `${(Math.max(0, from) * 100).toFixed(3)}%`,
    width: `${(Math.max(0.004, to - from) * 100).toFixed(3)}%`,
  });
  return (
    <svg class="bar" aria-hidden="true">
      <rect class="stay" y="11" height="2" {...piece(at(step.enteredAt), at(step.exitedAt))} />
      {step.attempts.length === 0 && (
        <rect class="work" y="5" height="14" rx="3" {...piece(at(step.enteredAt), at(step.exitedAt))} />
      )}
      {step.attempts.map(({ scheduledAt, submittedAt, endedAt, error }) => (
        <g key={scheduledAt} class={error === undefined ? '' : 'error'}>
          <rect class="work" y="5" height="14" rx="3" {...piece(at(scheduledAt), at(submittedAt ?? endedAt))} />
          {submittedAt !== undefined && (
            <rect class="wait" y="5" height="14" {...piece(at(submittedAt), at(endedAt))} />
          )}
        </g>
      ))}
    </svg>
  );
}

function spanOf(steps: readonly Step[]): Span {
  const startMs = Math.min(...steps.map(({ enteredAt }) => Date.parse(enteredAt)));
  const endMs = Math.max(...steps.map(({ exitedAt }) => (exitedAt === undefined ? Date.now() : Date.parse(exitedAt))));
  return { startMs, lengthMs: Math.max(1, endMs - startMs) };
}

function lengthOf({ enteredAt, exitedAt }: Step): number {
  return Date.parse(exitedAt ?? enteredAt) - Date.parse(enteredAt);
}
