import { innerMachines, type State, type StateMachine } from './state-machine.ts';
import { describeItem, type CoverageItem, type WorkflowCoverage } from './workflow-coverage.ts';

/**
 * The state machine as a Mermaid flowchart: what was visited is green, what was not is red. Catchers are dashed edges,
 * retriers dashed loops.
 */
export function coverageGraph(coverage: WorkflowCoverage): string {
  const graph = new Graph(coverage.items);
  graph.draw(coverage.definition);
  return graph.toString();
}

class Graph {
  readonly #items: readonly CoverageItem[];
  readonly #ids = new Map<string, string>();
  readonly #nodes: string[] = [];
  readonly #edges: { readonly text: string; readonly isVisited: boolean }[] = [];
  #ends = 0;

  constructor(items: readonly CoverageItem[]) {
    this.#items = items;
  }

  draw(machine: StateMachine): void {
    this.#nodes.push('  start(["start"])');
    this.#edge('start', '-->', this.#idOf(machine.StartAt), this.#isEntered(machine.StartAt));
    this.#drawStates(machine, '  ');
  }

  toString(): string {
    const missedStates = [...this.#ids].filter(([name]) => !this.#isEntered(name)).map(([, id]) => id);
    const missedEdges = this.#edges.flatMap(({ isVisited }, index) => (isVisited ? [] : [index]));
    return [
      'flowchart TD',
      '  classDef default fill:#d7f0dd,stroke:#1a7f37,color:#111',
      '  classDef missed fill:#ffd8d6,stroke:#c1121f,color:#111',
      ...this.#nodes,
      ...this.#edges.map(({ text }) => `  ${text}`),
      '  linkStyle default stroke:#1a7f37',
      ...(missedStates.length > 0 ? [`  class ${missedStates.join(',')} missed`] : []),
      ...(missedEdges.length > 0 ? [`  linkStyle ${missedEdges.join(',')} stroke:#c1121f`] : []),
    ].join('\n');
  }

  #drawStates(machine: StateMachine, indent: string): void {
    for (const [name, state] of Object.entries(machine.States)) {
      this.#drawState(name, state, indent);
      const leaving = this.#items.filter((item) => item.state === name && item.kind !== 'state');
      for (const item of leaving) this.#drawItem(item, indent);
    }
  }

  #drawState(name: string, state: State, indent: string): void {
    const id = this.#idOf(name);
    const inner = innerMachines(state);
    if (inner.length === 0) {
      this.#nodes.push(`${indent}${id}${shape(state.Type, quoted(name))}`);
      return;
    }
    this.#nodes.push(`${indent}subgraph ${id}[${quoted(name)}]`);
    for (const machine of inner) this.#drawStates(machine, `${indent}  `);
    this.#nodes.push(`${indent}end`);
  }

  #drawItem(item: CoverageItem, indent: string): void {
    const from = this.#idOf(item.state);
    if (item.kind === 'transition') {
      const to = item.next === undefined ? this.#end(indent) : this.#idOf(item.next);
      this.#edge(from, '-->', to, item.visits > 0);
      return;
    }
    const to = item.kind === 'retrier' ? from : this.#idOf(item.next!);
    const label = describeItem(item).slice(`${item.state}: `.length).split(' → ')[0]!;
    this.#edge(from, `-. ${quoted(label)} .->`, to, item.visits > 0);
  }

  #end(indent: string): string {
    this.#ends += 1;
    const id = `e${this.#ends}`;
    this.#nodes.push(`${indent}${id}(["end"])`);
    return id;
  }

  #edge(from: string, arrow: string, to: string, isVisited: boolean): void {
    this.#edges.push({ text: `${from} ${arrow} ${to}`, isVisited });
  }

  #isEntered(name: string): boolean {
    return this.#items.some((item) => item.kind === 'state' && item.state === name && item.visits > 0);
  }

  #idOf(name: string): string {
    const id = this.#ids.get(name) ?? `s${this.#ids.size + 1}`;
    this.#ids.set(name, id);
    return id;
  }
}

function shape(type: string, label: string): string {
  if (type === 'Choice') return `{${label}}`;
  return type === 'Succeed' || type === 'Fail' ? `([${label}])` : `[${label}]`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '#quot;')}"`;
}
