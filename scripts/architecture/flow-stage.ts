import { groupOf, namedIn, referencesIn, type TemplateGraph } from './template-graph.ts';

/**
 * Stages of an order's way, each drawn by itself, since one picture of all cannot be read.
 * Accept: from a request to the start of a workflow. Work: what the workflows call, who answers and who watches them.
 * Return: the same for the workflow of what comes back after shipping. Follow: who listens to what happened.
 */
export const FLOW_STAGES = ['accept', 'work', 'return', 'follow'] as const;
export type FlowStage = (typeof FLOW_STAGES)[number];

export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label?: string;
  /** Dotted: an answer or a side effect, not the way of an order. */
  readonly dotted?: boolean;
}

export function stageOf({ from, to }: Edge, graph: TemplateGraph): FlowStage {
  const queue = [from, to].find((id) => graph.typeOf(id) === 'AWS::SQS::Queue');
  if (queue !== undefined) return isStarter(workerOf(queue, graph), graph) ? 'accept' : 'follow';
  if (isMachine(from, graph)) return workOf(from);
  if (isMachine(to, graph)) return isStarter(from, graph) ? 'accept' : workOf(to);
  if (from === 'Schedules') return may(to, 'events:PutEvents', graph) ? 'accept' : 'work';
  if (to === 'OutboxTable') return stepGroups(graph).has(from) ? 'work' : 'accept';
  return to === 'Mail' ? 'follow' : 'accept';
}

/** Takes orders from a queue and starts a workflow for each. */
function isStarter(lambdaId: string, graph: TemplateGraph): boolean {
  const sources = mappings(graph).filter(({ worker }) => worker === lambdaId);
  const isFed = sources.some(({ source }) => graph.typeOf(source) === 'AWS::SQS::Queue');
  return isFed && may(lambdaId, 'states:StartExecution', graph);
}

function workerOf(queueId: string, graph: TemplateGraph): string {
  return mappings(graph).find(({ source }) => source === queueId)?.worker ?? '';
}

function mappings(graph: TemplateGraph): { source: string; worker: string }[] {
  return graph.all('AWS::Lambda::EventSourceMapping').map(({ properties }) => ({
    source: referencesIn(properties['EventSourceArn'])[0] ?? '',
    worker: namedIn(properties['FunctionName'], graph)[0] ?? '',
  }));
}

function may(lambdaId: string, action: string, graph: TemplateGraph): boolean {
  const lambda = graph.all('AWS::Lambda::Function').find(({ id }) => id === lambdaId);
  return lambda !== undefined && graph.permissionsOf(lambda).some((permission) => permission.action === action);
}

/** The stage of what a machine calls and is told: its construct's name begins with the room it stands in. */
function workOf(machineId: string): FlowStage {
  return machineId.startsWith('OrderReturn') ? 'return' : 'work';
}

function isMachine(id: string, graph: TemplateGraph): boolean {
  return graph.typeOf(id) === 'AWS::StepFunctions::StateMachine';
}

/** Groups of the functions that workflows call. */
function stepGroups(graph: TemplateGraph): Set<string> {
  const steps = graph
    .all('AWS::StepFunctions::StateMachine')
    .flatMap(({ properties }) => namedIn(properties['DefinitionSubstitutions'], graph));
  return new Set(steps.map(groupOf));
}
