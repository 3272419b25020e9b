import { useMemo, useState } from 'preact/hooks';
import { iconPath } from '../../ui/icon.tsx';
import { Scrolled } from '../../ui/scrolled.tsx';
import { layoutOf, type Box, type Line } from './graph-layout.ts';
import type { Step, Workflow } from './order-trace.ts';
import { lookOf, type StepLook } from './step-look.ts';

interface WorkflowGraphProps {
  readonly workflow: Workflow;
  readonly undone: ReadonlyMap<string, string>;
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}

/** Names of states are 14 pixels high as drawn, and 8 at this scale: smaller ones could not be read. */
const LEAST_SCALE = 8 / 14;
/** A graph that is wider as drawn takes the whole page: beside other panels it would be hard to read. */
const WIDE_PX = 760;

const AHEAD: StepLook = { icon: 'idle', tone: 'plain', words: 'not reached' };

/** The workflow as its definition says, with what this execution did. The table below says the same in words. */
export function WorkflowGraph({ workflow, undone, selected, onSelect }: WorkflowGraphProps) {
  const [isWhole, setWhole] = useState(false);
  const shape = `${isWhole} ${workflow.steps.map(({ name, cameFrom }) => `${cameFrom}>${name}`).join()} ${workflow.status}`;
  const drawn = useMemo(() => layoutOf(workflow, isWhole), [shape]);
  const lastVisit = new Map(workflow.steps.map((step) => [step.name, step]));
  return (
    <figure class={drawn.width > WIDE_PX ? 'graph wide' : 'graph'}>
      <Scrolled label={`Graph of ${workflow.name}`}>
        <svg
          viewBox={`0 0 ${drawn.width} ${drawn.height}`}
          // As wide as there is room, and never larger than drawn; where it would be too small, it scrolls by itself.
          style={{ maxWidth: `${drawn.width}px`, minWidth: `${drawn.width * LEAST_SCALE}px` }}
          role="group"
          aria-label={`States of ${workflow.name}`}
        >
          {drawn.frames.map((frame) => (
            <Frame key={frame.name} frame={frame} />
          ))}
          {drawn.lines.map((line) => (
            <path key={`${line.from}>${line.to}`} class={lineClass(line)} d={pathData(line)} marker-end="url(#arrow)" />
          ))}
          {drawn.boxes.map((box) => (
            <State
              key={box.name}
              box={box}
              look={lookAt(lastVisit.get(box.name), undone)}
              isSelected={box.name === selected}
              onSelect={onSelect}
            />
          ))}
          <defs>
            <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 0.5L7 4 0 7.5z" class="arrow" />
            </marker>
          </defs>
        </svg>
      </Scrolled>
      <figcaption>
        <label>
          <input type="checkbox" checked={isWhole} onChange={() => setWhole(!isWhole)} /> Show every state of the
          workflow
        </label>
      </figcaption>
    </figure>
  );
}

function lookAt(step: Step | undefined, undone: ReadonlyMap<string, string>): StepLook {
  return step === undefined ? AHEAD : lookOf(step, undone);
}

interface StateProps {
  readonly box: Box;
  readonly look: StepLook;
  readonly isSelected: boolean;
  readonly onSelect: (name: string) => void;
}

function State({ box: { name, x, y, width, height }, look, isSelected, onSelect }: StateProps) {
  return (
    <g
      class={`state ${look.tone}${isSelected ? ' selected' : ''}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={0}
      aria-pressed={isSelected}
      onClick={() => onSelect(name)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onSelect(name);
      }}
    >
      <rect width={width} height={height} rx="9" />
      <path class="icon" transform={`translate(10 ${height / 2 - 11}) scale(0.92)`} d={iconPath(look.icon)} />
      <text x="42" y="23" class="name">
        {fitted(name, 26)}
      </text>{' '}
      <text x="42" y="41" class="words">
        {fitted(look.words, 30)}
      </text>
    </g>
  );
}

function Frame({ frame: { name, x, y, width, height } }: { readonly frame: Box }) {
  return (
    <g class="frame">
      <rect x={x} y={y} width={width} height={height} rx="12" />
      <text x={x + 12} y={y + 16}>
        {name}
      </text>
    </g>
  );
}

function lineClass({ kind, isTaken }: Line): string {
  return `line ${kind}${isTaken ? ' taken' : ''}`;
}

/** Rounded at its corners. */
function pathData({ points }: Line): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const last = rest.at(-1) ?? first;
  const middle = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`;
  });
  return `M${first.x} ${first.y} ${middle.join(' ')} L${last.x} ${last.y}`;
}

function fitted(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
