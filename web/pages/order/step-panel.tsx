import { Icon } from '../../ui/icon.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import { Moment } from '../../ui/moment.tsx';
import type { OrderTrace } from './order-trace.ts';
import { causeText, lookOf } from './step-look.ts';

interface StepPanelProps {
  readonly trace: OrderTrace;
  readonly selected: string | undefined;
  readonly undone: ReadonlyMap<string, string>;
}

/** What the chosen state was given, gave, and why it failed. */
export function StepPanel({ trace, selected, undone }: StepPanelProps) {
  if (selected === undefined) return null;
  const visits = trace.workflows.flatMap(({ steps }) => steps).filter(({ name }) => name === selected);
  const state = trace.workflows.flatMap(({ graph }) => graph.states).find(({ name }) => name === selected);
  return (
    <section class="panel" aria-labelledby="step-title" aria-live="polite">
      <h2 id="step-title">{selected}</h2>
      {state?.comment !== undefined && <p class="quiet">{state.comment}</p>}
      {visits.length === 0 && <p>The order has not been here.</p>}
      {visits.map((step) => {
        const look = lookOf(step, undone);
        return (
          <div key={step.enteredAt} class="visit">
            <p>
              <span class={`badge ${look.tone}`}>
                <Icon name={look.icon} /> {look.words}
              </span>{' '}
              <Moment at={step.enteredAt} withUtc />
            </p>
            {step.attempts.map(({ error, cause, scheduledAt }) =>
              error === undefined ? null : (
                <p key={scheduledAt}>
                  <code>{error}</code> {causeText(cause)}
                </p>
              ),
            )}
            {step.input !== undefined && (
              <details>
                <summary>Input</summary>
                <JsonView text={step.input} label={`Input of ${selected}`} />
              </details>
            )}
            {step.output !== undefined && (
              <details>
                <summary>Output</summary>
                <JsonView text={step.output} label={`Output of ${selected}`} />
              </details>
            )}
          </div>
        );
      })}
    </section>
  );
}
