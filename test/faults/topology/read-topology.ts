import {
  planStack,
  readAssembly,
  type PlannedResource,
  type Template,
  type TemplateResource,
} from '@order-workflow/runtime/assembly';
import type { MappingSettings } from '@order-workflow/runtime/services/lambda';
import type { Job } from '../scheduled-jobs.ts';
import { Deployed, isOfType, type DeployedFunction, type DeployedMachine } from './deployed.ts';
import { identities, STACK } from './identities.ts';
import { whatIsPlayed } from './played.ts';

/** What the stack deploys between the functions that an order meets, read from the synthesized template. */
export interface Topology {
  readonly functions: ReadonlyMap<string, DeployedFunction>;
  /** Functions that run by the clock. */
  readonly jobs: readonly Job[];
  readonly machines: readonly DeployedMachine[];
  readonly mappings: readonly MappingSettings[];
  /** Queues, bus, archive and rules, in the order in which they are created. */
  readonly resources: readonly PlannedResource[];
  readonly sagaArn: string;
  readonly cancellationArn: string;
  readonly returnArn: string;
  readonly busName: string;
  readonly archiveName: string;
  readonly streamArn: string;
  readonly checkoutQueueArn: string;
  readonly checkoutDeadLettersArn: string;
  readonly relayFailuresArn: string;
  readonly unparkedFailuresArn: string;
  /** Queues in which messages wait for a person. */
  readonly deadLetterQueueArns: readonly string[];
}

/** @param parameters of the template. @throws Error naming in one line what the lab does not know. */
export function readTopology(assemblyFolder: string, parameters: Readonly<Record<string, string>>): Topology {
  const assembly = readAssembly(assemblyFolder);
  const template = onlyKnownTypes(assembly.template);
  const plan = planStack({ template, stack: STACK, types: identities(), parameters });
  const deployed = new Deployed(withoutQualifiers(plan.resources), assembly);
  const played = whatIsPlayed(deployed);
  const { machines } = deployed;
  const mappings = deployed.mappings.filter(({ functionReference }) => played.functions.has(functionReference));
  const functions = new Map([...played.functions].map((name) => [name, deployed.functions.get(name)!]));
  const checkoutQueueArn = sourceOfMapping(mappings, 'start-order-saga');
  const outbox = mappings.find(({ functionReference }) => functionReference === 'relay-outbox');
  const workQueues = new Set(mappings.map(({ eventSourceArn }) => eventSourceArn));
  const queueArns = played.resources.filter(isOfType('AWS::SQS::Queue')).map(arnOf);
  return {
    functions,
    jobs: played.jobs,
    machines,
    mappings,
    resources: played.resources,
    sagaArn: found('a state machine order-saga', machines.find(isNamed('order-saga'))).arn,
    cancellationArn: found('a state machine order-cancellation', machines.find(isNamed('order-cancellation'))).arn,
    returnArn: found('a state machine order-return', machines.find(isNamed('order-return'))).arn,
    busName: only(played.resources, 'AWS::Events::EventBus').identity.ref,
    archiveName: only(played.resources, 'AWS::Events::Archive').identity.ref,
    streamArn: sourceOfMapping(mappings, 'relay-outbox'),
    checkoutQueueArn,
    checkoutDeadLettersArn: deadLettersOf(played.resources, checkoutQueueArn),
    relayFailuresArn: found('a queue for what relay-outbox gives up', outbox?.stream?.onFailureArn),
    unparkedFailuresArn: found(
      'a queue for what park-failed-execution gives up',
      functions.get('park-failed-execution')?.async.onFailureArn,
    ),
    deadLetterQueueArns: queueArns.filter((arn) => !workQueues.has(arn)),
  };
}

/** The function that works a queue or a stream off; the source itself when none does. */
export function consumerOf({ mappings }: Topology, sourceArn: string): string {
  return mappings.find(({ eventSourceArn }) => eventSourceArn === sourceArn)?.functionReference ?? sourceArn;
}

/**
 * The lab runs one version of every function and workflow: what names a version or an alias of it names the thing itself.
 */
function withoutQualifiers(resources: readonly PlannedResource[]): PlannedResource[] {
  const isQualifier = /(?<=:function:[\w-]+|:stateMachine:[\w-]+|"[\w-]+):(?:1|live|progress)(?=")/gu;
  return JSON.parse(JSON.stringify(resources).replaceAll(isQualifier, '')) as PlannedResource[];
}

/** The types of `identities`. Nothing else of a stack (permissions, alarms, the API) changes what becomes of an order. */
function onlyKnownTypes({ Outputs: _outputs, Resources = {}, ...template }: Template): Template {
  const known = identities();
  const ofThem = Object.entries(Resources).filter(([, { Type }]) => Type in known);
  return { ...template, Resources: Object.fromEntries(ofThem.map(([id, one]) => [id, withoutUnknown(one)])) };
}

/** Others refer to these by their names alone. What they are made of, policies for example, the lab does not know. */
const KNOWN_BY_NAME: readonly string[] = [
  'AWS::CloudFront::Distribution',
  'AWS::Cognito::UserPool',
  'AWS::IAM::Role',
  'AWS::Logs::LogGroup',
  'AWS::SES::ConfigurationSet',
  'AWS::SecretsManager::Secret',
];

function withoutUnknown({ Properties, ...resource }: TemplateResource): TemplateResource {
  const isUnread = KNOWN_BY_NAME.includes(resource.Type) || Properties === undefined;
  return isUnread ? resource : { ...resource, Properties };
}

function isNamed(name: string): (machine: DeployedMachine) => boolean {
  return (machine) => machine.name === `${STACK.stackName}-${name}`;
}

function arnOf({ identity }: PlannedResource): string {
  return identity.attributes['Arn'] ?? '';
}

function sourceOfMapping(mappings: readonly MappingSettings[], functionName: string): string {
  const mapping = mappings.find(({ functionReference }) => functionReference === functionName);
  return found(`an event source of ${functionName}`, mapping).eventSourceArn;
}

function deadLettersOf(resources: readonly PlannedResource[], queueArn: string): string {
  const queue = resources.filter(isOfType('AWS::SQS::Queue')).find((resource) => arnOf(resource) === queueArn);
  return found(`dead letters of ${queueArn}`, queue?.declaration.properties['RedrivePolicy']?.deadLetterTargetArn);
}

function only(resources: readonly PlannedResource[], type: string): PlannedResource {
  const [resource, ...others] = resources.filter(isOfType(type));
  if (others.length > 0)
    throw new Error(`The fault lab knows one ${type} only; the template has ${others.length + 1}.`);
  return found(`a resource of type ${type}`, resource);
}

function found<Value>(what: string, value: Value | undefined): Value {
  if (value === undefined) throw new Error(`The fault lab needs ${what}, which the template does not have.`);
  return value;
}
