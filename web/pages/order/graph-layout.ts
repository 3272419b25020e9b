import { Graph, layout } from '@dagrejs/dagre';
import type { Workflow } from './order-trace.ts';

export interface Box {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'catch' | 'branch';
  readonly isTaken: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  /** Around the branches of a Parallel state. */
  readonly frames: readonly Box[];
  readonly lines: readonly Line[];
}

const WIDTH = 244;
const HEIGHT = 54;
const MARGIN = 12;
const FRAME_TOP = 26;

/**
 * Lays the states of a workflow out from top to bottom.
 * @param isWhole all states; else only those that the execution visited, and those that are still ahead when nothing fails.
 */
export function layoutOf(workflow: Workflow, isWhole: boolean): Layout {
  const shown = isWhole ? new Set(workflow.graph.states.map(({ name }) => name)) : pathOf(workflow);
  const parents = parentsIn(workflow);
  const frames = new Set([...shown].map((name) => parents.get(name)).filter((name) => name !== undefined));
  const edges = edgesOf(workflow, frames)
    // A wait that begins anew leads to itself: a line for that would lead nowhere.
    .filter(({ from, to }) => from !== to && shown.has(from) && shown.has(to))
    .filter((edge) => isWhole || edge.isTaken || goesOn(edge));

  const graph = new Graph({ compound: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 34, marginx: MARGIN, marginy: MARGIN + FRAME_TOP });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const name of frames) graph.setNode(name, {});
  for (const name of shown) if (!frames.has(name)) graph.setNode(name, { width: WIDTH, height: HEIGHT });
  for (const name of shown) {
    const parent = parents.get(name);
    if (parent !== undefined) graph.setParent(name, parent);
  }
  for (const { from, to, weight } of edges) graph.setEdge(from, to, { weight });
  layout(graph);

  const { width = 0, height = 0 } = graph.graph();
  const boxes: Box[] = graph.nodes().map((name: string) => boxOf(name, graph.node(name)));
  return {
    width,
    height,
    boxes: boxes.filter(({ name }) => !frames.has(name)),
    frames: boxes.filter(({ name }) => frames.has(name)).map(withTitle),
    lines: edges.map(({ from, to, kind, isTaken }) => ({
      from,
      to,
      kind,
      isTaken,
      points: graph.edge(from, to).points ?? [],
    })),
  };
}

function boxOf(name: string, { x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box {
  return { name, x: x - width / 2, y: y - height / 2, width, height };
}

/** Room for the name of a frame. */
function withTitle(frame: Box): Box {
  return { ...frame, y: frame.y - FRAME_TOP + 8, height: frame.height + FRAME_TOP - 8 };
}

function parentsIn({ graph }: Workflow): ReadonlyMap<string, string> {
  return new Map(graph.states.flatMap(({ name, parent }) => (parent === undefined ? [] : [[name, parent] as const])));
}

/** What was visited, and what follows from where it stands when all goes well. */
function pathOf({ graph, steps, status }: Workflow): ReadonlySet<string> {
  const shown = new Set(steps.map(({ name }) => name));
  const queue = status === 'RUNNING' || steps.length === 0 ? [steps.at(-1)?.name ?? graph.startAt] : [];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    shown.add(name);
    for (const { from, to, kind } of graph.transitions) {
      if (from === name && (kind === 'next' || kind === 'branch') && !shown.has(to)) queue.push(to);
    }
  }
  return shown;
}

/** What a failure leads to is no way on: a state with nothing else is where its branch ends. */
function goesOn({ kind }: { readonly kind: Line['kind'] }): boolean {
  return kind !== 'catch';
}

interface Edge extends Omit<Line, 'points'> {
  readonly weight: number;
}

/** A frame is no node: what leads to it leads to its branches, and what leaves it leaves them where they end. */
function edgesOf(workflow: Workflow, frames: ReadonlySet<string>): Edge[] {
  const { graph, steps } = workflow;
  const taken = new Set(steps.map(({ cameFrom, name }) => `${cameFrom ?? ''}>${name}`));
  const firstOf = (frame: string): string[] =>
    graph.transitions.filter(({ from, kind }) => from === frame && kind === 'branch').map(({ to }) => to);
  const lastOf = (frame: string): string[] =>
    graph.states
      .filter(
        ({ name, parent }) => parent === frame && !graph.transitions.some((each) => each.from === name && goesOn(each)),
      )
      .map(({ name }) => name);
  const visited = new Set(steps.map(({ name }) => name));
  const found = new Map<string, Edge>();
  for (const { from, to, kind } of graph.transitions) {
    if (kind === 'branch' && frames.has(from)) continue;
    const starts = frames.has(from) ? lastOf(from) : [from];
    const ends = frames.has(to) ? firstOf(to) : [to];
    for (const start of starts) {
      for (const end of ends) {
        const isTaken = taken.has(`${from}>${to}`) && visited.has(start) && visited.has(end);
        const before = found.get(`${start}>${end}`);
        // Two catches that lead to one state are one line.
        if (before && (before.isTaken || !isTaken)) continue;
        found.set(`${start}>${end}`, { from: start, to: end, kind, isTaken, weight: kind === 'next' ? 4 : 1 });
      }
    }
  }
  return [...found.values()];
}
