import { functionName } from './flow-diagram.ts';
import { namedIn, referencesIn, wordsOf, type Json, type TemplateGraph } from './template-graph.ts';

/** Who may write and read each table, by the functions' roles: Markdown. */
export function tableAccess(graph: TemplateGraph): string {
  const writers = new Map<string, Set<string>>();
  const readers = new Map<string, Set<string>>();
  for (const lambda of graph.all('AWS::Lambda::Function')) {
    for (const { action, resourceIds } of graph.permissionsOf(lambda)) {
      const kinds = accessOf(action);
      for (const table of resourceIds) {
        if (kinds.includes('write')) add(writers, table, functionName(lambda));
        if (kinds.includes('read')) add(readers, table, functionName(lambda));
      }
    }
  }
  const rows = graph
    .all('AWS::DynamoDB::GlobalTable')
    .map(({ id }) => [wordsOf(id).replace(/ Table$/u, ''), list(writers.get(id)), list(readers.get(id))]);
  return markdownTable(['Table', 'written by', 'read by'], rows);
}

function accessOf(action: string): ('read' | 'write')[] {
  if (!action.startsWith('dynamodb:')) return [];
  if (/Put|Update|Delete|BatchWrite/u.test(action)) return ['write'];
  return /GetItem|Query|Scan|GetRecords|ConditionCheck/u.test(action) ? ['read'] : [];
}

/** What falls into each dead-letter queue: Markdown. */
export function deadLetterQueues(graph: TemplateGraph): string {
  const sources = new Map<string, Set<string>>();
  for (const { id, properties } of graph.all('AWS::SQS::Queue')) {
    const { maxReceiveCount = '' } = (properties['RedrivePolicy'] ?? {}) as { maxReceiveCount?: number };
    for (const queue of referencesIn(properties['RedrivePolicy'])) {
      add(sources, queue, `messages that were received ${maxReceiveCount} times from ${wordsOf(id)}`);
    }
  }
  for (const { id, properties } of graph.all('AWS::Events::Rule')) {
    const targets = properties['Targets'] as unknown as { DeadLetterConfig?: Json }[];
    const what = properties['ScheduleExpression'] === undefined ? 'events' : 'runs';
    for (const queue of targets.flatMap(({ DeadLetterConfig }) => referencesIn(DeadLetterConfig))) {
      add(sources, queue, `${what} that ${wordsOf(id)} could not deliver`);
    }
  }
  for (const { properties } of graph.all('AWS::Events::EventBus')) {
    for (const queue of referencesIn(properties['DeadLetterConfig'])) {
      add(sources, queue, 'events that the bus could not encrypt or decrypt');
    }
  }
  for (const type of ['AWS::Lambda::EventInvokeConfig', 'AWS::Lambda::EventSourceMapping']) {
    for (const { properties } of graph.all(type)) {
      const [lambda = ''] = namedIn(properties['FunctionName'], graph);
      const name = graph.all('AWS::Lambda::Function').find(({ id }) => id === lambda);
      for (const queue of referencesIn(properties['DestinationConfig'])) {
        add(sources, queue, `what ${name === undefined ? lambda : functionName(name)} gave up on`);
      }
    }
  }
  const rows = [...sources].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([id, from]) => [wordsOf(id), list(from)]);
  return markdownTable(['Queue', 'holds'], rows);
}

function add(sets: Map<string, Set<string>>, key: string, value: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(value));
}

function list(values: ReadonlySet<string> | undefined): string {
  return [...(values ?? [])].toSorted().join(', ') || '–';
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
