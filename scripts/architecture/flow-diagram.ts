import { type Edge, type FlowStage, stageOf } from './flow-stage.ts';
import {
  groupOf,
  namedIn,
  referencesIn,
  textOf,
  withoutHash,
  wordsOf,
  type Json,
  type Resource,
  type TemplateGraph,
} from './template-graph.ts';

/** The part of a flowchart that shows one resource. */
interface Node {
  readonly id: string;
  readonly group: string;
  readonly shape: string;
}

/** How work moves through one stage, as a Mermaid flowchart. The same template gives the same text. */
export function flowDiagram(graph: TemplateGraph, stage: FlowStage): string {
  const edges = flowEdges(graph).filter((edge) => stageOf(edge, graph) === stage);
  const used = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const nodes = nodesOf(graph).filter(({ id }) => used.has(id));
  return ['flowchart LR', ...groupLines(nodes), ...edges.map(edgeLine).toSorted()].join('\n');
}

/** A command of the night in which tables were lost asks its functions: no order goes this way. */
const OFF_THE_WAY = 'Recovery';

export function flowEdges(graph: TemplateGraph): Edge[] {
  const edges = [
    ...routeEdges(graph),
    ...ruleEdges(graph),
    ...mappingEdges(graph),
    ...stepEdges(graph),
    ...permissionEdges(graph),
  ];
  return unique(edges.filter(({ from }) => groupOf(from) !== OFF_THE_WAY && from !== OFF_THE_WAY));
}

function nodesOf(graph: TemplateGraph): Node[] {
  const node = (type: string, draw: (resource: Resource) => string, ofAll = false): Node[] =>
    graph.all(type).map((resource) => {
      return { id: resource.id, group: ofAll ? '' : groupOf(resource.id), shape: draw(resource) };
    });
  return [
    ...node('AWS::ApiGatewayV2::Api', () => '(["HTTP API"])', true),
    ...node('AWS::Events::EventBus', () => '{{"event bus"}}', true),
    ...node('AWS::Lambda::Function', (lambda) => `["${functionName(lambda)}"]`),
    ...node('AWS::SQS::Queue', ({ id }) => `[/"${queueName(id)}"/]`),
    ...node('AWS::StepFunctions::StateMachine', (machine) => `[["${machineName(machine)}"]]`),
    ...node('AWS::DynamoDB::GlobalTable', ({ id }) => `[("${wordsOf(id)}")]`),
    { id: 'Schedules', group: '', shape: '(["schedules"])' },
    { id: 'Mail', group: '', shape: '(["SES"])' },
  ];
}

/** The function's file below `functions/`. */
export function functionName({ properties }: Resource): string {
  return textOf(properties['Handler']).replace('.handler', '');
}

/** The fixed end of the machine's name. */
export function machineName({ properties }: Resource): string {
  return /-(order-\w+)/u.exec(JSON.stringify(properties['StateMachineName']))?.[1] ?? 'state machine';
}

/** `Ordering Checkout Work Queue` → `checkout work queue`: the group says the rest. */
function queueName(id: string): string {
  return wordsOf(id).split(' ').slice(1).join(' ').toLowerCase();
}

function routeEdges(graph: TemplateGraph): Edge[] {
  const routesOf = new Map<string, number>();
  for (const { properties } of graph.all('AWS::ApiGatewayV2::Route')) {
    const [integration = ''] = referencesIn(properties['Target']);
    routesOf.set(integration, (routesOf.get(integration) ?? 0) + 1);
  }
  const [api] = graph.all('AWS::ApiGatewayV2::Api');
  return graph.all('AWS::ApiGatewayV2::Integration').flatMap(({ id, properties }) =>
    namedIn(properties['IntegrationUri'], graph).map((to) => ({
      from: api?.id ?? '',
      to,
      label: `${routesOf.get(id) ?? 0} route${routesOf.get(id) === 1 ? '' : 's'}`,
    })),
  );
}

function ruleEdges(graph: TemplateGraph): Edge[] {
  return graph.all('AWS::Events::Rule').flatMap(({ properties }) => {
    const targets = (properties['Targets'] as unknown as { Arn: Json }[]).flatMap(({ Arn }) => namedIn(Arn, graph));
    return targets.flatMap((to) => ruleSources(properties).map((source) => ({ ...source, to })));
  });
}

/** A schedule, the bus, what SES tells of mails, or the workflows whose end an event tells. */
function ruleSources(properties: Resource['properties']): { from: string; label?: string }[] {
  if (properties['ScheduleExpression'] !== undefined) return [{ from: 'Schedules' }];
  const pattern = properties['EventPattern'] as Readonly<Record<string, Json>>;
  const [bus] = referencesIn(properties['EventBusName']);
  if (bus !== undefined) return [{ from: bus, label: (pattern['detail-type'] as string[]).join('<br/>') }];
  if ((pattern['source'] as string[]).includes('aws.ses')) return [{ from: 'Mail', label: 'bounces and complaints' }];
  const { stateMachineArn, status } = pattern['detail'] as Readonly<Record<string, Json>>;
  const label = (status as string[]).join('<br/>');
  return referencesIn(stateMachineArn).map((from) => ({ from, label }));
}

function mappingEdges(graph: TemplateGraph): Edge[] {
  return graph.all('AWS::Lambda::EventSourceMapping').flatMap(({ properties }) => {
    const [from = ''] = referencesIn(properties['EventSourceArn']);
    const label = graph.typeOf(from) === 'AWS::DynamoDB::GlobalTable' ? { label: 'stream' } : {};
    return namedIn(properties['FunctionName'], graph).map((to) => ({ from, to, ...label }));
  });
}

function stepEdges(graph: TemplateGraph): Edge[] {
  return graph
    .all('AWS::StepFunctions::StateMachine')
    .flatMap(({ id, properties }) =>
      namedIn(properties['DefinitionSubstitutions'], graph).map((to) => ({ from: id, to })),
    );
}

/** What a permission says about the way of work. */
const MOVES: Readonly<Record<string, Pick<Edge, 'label' | 'dotted'>>> = {
  'events:PutEvents': {},
  'states:StartExecution': { label: 'starts' },
  'states:SendTaskSuccess': { label: 'answers', dotted: true },
  'ses:SendEmail': {},
};

function permissionEdges(graph: TemplateGraph): Edge[] {
  return graph.all('AWS::Lambda::Function').flatMap((lambda) =>
    graph.permissionsOf(lambda).flatMap(({ action, resourceIds, text }) => {
      if (action === 'dynamodb:PutItem') return outboxEdges(lambda, resourceIds);
      const move = MOVES[action];
      if (move === undefined) return [];
      if (action === 'ses:SendEmail') return [{ from: lambda.id, to: 'Mail' }];
      const targets = resourceIds.length > 0 ? resourceIds : machinesNamedIn(graph, text);
      return targets.map((to) => ({ from: lambda.id, to, ...move }));
    }),
  );
}

/** Who writes events: drawn from the whole group, for nearly all of its functions do. */
function outboxEdges(lambda: Resource, resourceIds: readonly string[]): Edge[] {
  if (!resourceIds.includes('OutboxTable')) return [];
  return [{ from: groupOf(lambda.id), to: 'OutboxTable', label: 'events', dotted: true }];
}

/** ARNs are formed from the machine's fixed name where a reference would be circular. */
function machinesNamedIn(graph: TemplateGraph, text: string): string[] {
  return graph
    .all('AWS::StepFunctions::StateMachine')
    .filter((machine) => text.includes(`-${machineName(machine)}"`))
    .map(({ id }) => id);
}

function groupLines(nodes: readonly Node[]): string[] {
  return Object.entries(Object.groupBy(nodes, ({ group }) => group)).flatMap(([group, members = []]) => {
    const lines = members.map(({ id, shape }) => `${withoutHash(id)}${shape}`);
    if (group === '') return lines.map((line) => `  ${line}`);
    return [`  subgraph ${group}`, ...lines.map((line) => `    ${line}`), '  end'];
  });
}

function edgeLine({ from, to, label, dotted = false }: Edge): string {
  const arrow = `${dotted ? '-.->' : '-->'}${label === undefined ? '' : `|"${label}"|`}`;
  return `  ${withoutHash(from)} ${arrow} ${withoutHash(to)}`;
}

function unique(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.map((edge) => [edgeLine(edge), edge])).values()];
}
