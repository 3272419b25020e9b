import { innerMachines, type State, type StateMachine } from './state-machine.ts';
import { type CoverageItem, describeItem, type WorkflowCoverage } from './workflow-coverage.ts';

const VISITED = { fill: '#d7f0dd', stroke: '#1a7f37' };
const MISSED = { fill: '#ffd8d6', stroke: '#c1121f' };

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
  readonly #nodes: string[] = ['flowchart TD'];
  readonly #edges: string[] = [];
  readonly #styles: string[] = [];
  #ends = 0;

  constructor(items: readonly CoverageItem[]) {
    this.#items = items;
  }

  draw(machine: StateMachine): void {
    this.#nodes.push('  start([start])');
    this.#drawStates(machine, '  ');
    this.#edge('start', '-->', this.#idOf(machine.StartAt), true);
  }

  toString(): string {
    return [...this.#nodes, ...this.#edges, ...this.#styles].join('\n');
  }

  #drawStates(machine: StateMachine, indent: string): void {
    for (const [name, state] of Object.entries(machine.States)) {
      this.#drawState(name, state, indent);
      const own = this.#items.filter((item) => item.state === name && item.kind !== 'state');
      for (const item of own) this.#drawItem(item, indent);
    }
  }

  #drawState(name: string, state: State, indent: string): void {
    const id = this.#idOf(name);
    const inner = innerMachines(state);
    if (inner.length === 0) this.#nodes.push(`${indent}${id}${shape(state.Type, quoted(name))}`);
    else {
      this.#nodes.push(`${indent}subgraph ${id}[${quoted(name)}]`);
      for (const machine of inner) this.#drawStates(machine, `${indent}  `);
      this.#nodes.push(`${indent}end`);
    }
    const isVisited = this.#items.some((item) => item.kind === 'state' && item.state === name && item.visits > 0);
    const { fill, stroke } = isVisited ? VISITED : MISSED;
    this.#styles.push(`  style ${id} fill:${inner.length > 0 ? 'none' : fill},stroke:${stroke},color:#111`);
  }

  #drawItem(item: CoverageItem, indent: string): void {
    const from = this.#idOf(item.state);
    const isVisited = item.visits > 0;
    if (item.kind === 'transition') {
      this.#edge(from, '-->', item.next === undefined ? this.#end(indent) : this.#idOf(item.next), isVisited);
      return;
    }
    const target = item.kind === 'retrier' ? from : this.#idOf(item.next!);
    const label = describeItem(item)
      .slice(item.state.length + 2)
      .split(' → ')[0]!;
    this.#edge(from, `-. ${quoted(label)} .->`, target, isVisited);
  }

  #end(indent: string): string {
    this.#ends += 1;
    const id = `end${this.#ends}`;
    this.#nodes.push(`${indent}${id}([end])`);
    return id;
  }

  #edge(from: string, arrow: string, to: string, isVisited: boolean): void {
    const index = this.#edges.push(`  ${from} ${arrow} ${to}`) - 1;
    this.#styles.push(`  linkStyle ${index} stroke:${(isVisited ? VISITED : MISSED).stroke}`);
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
