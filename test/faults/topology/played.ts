import type { PlannedResource } from '@order-workflow/runtime/assembly';
import { minutesBetweenRuns } from '../../testing/schedule-period.ts';
import type { Job } from '../scheduled-jobs.ts';
import type { Deployed } from './deployed.ts';

/** Functions that customers, operators and the provider call in the lab: their requests come from outside the stack. */
const CALLED_FROM_OUTSIDE: readonly string[] = ['serve-orders', 'pay-order', 'payment-webhook'];

/** Functions that the lab leaves out, because no order's money or stock depends on them. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'serve-catalog': 'an order carries its prices',
  'serve-basket': 'the lab writes what a checkout leaves behind',
  'update-baskets': 'an order carries its prices, and follows no basket',
  'serve-inventory': 'the lab stocks the shop itself',
  'send-mail': 'it tells of orders, and changes none',
  'mark-undeliverable': 'it knows addresses, and no order',
  'watch-orders': 'it measures',
  'serve-admin': 'it shows operators what there is',
  'resume-erasures': 'it finishes erasures, and changes no order',
  'serve-customers': 'it shows and erases what is known of people, and changes no order',
  'check-webhook': 'it compares settings',
  'settle-restored-order': 'no table is restored in the lab',
  'compare-payment': 'no table is restored in the lab',
  'decide-parked-order': 'the command line’s way to what serve-orders does for operators',
};

const FILE = 'test/faults/topology/played.ts';
const MINUTE_MS = 60_000;

export interface Played {
  readonly functions: ReadonlySet<string>;
  readonly jobs: readonly Job[];
  /** Queues, bus, archive and rules. */
  readonly resources: readonly PlannedResource[];
}

/**
 * The part of the stack that an order meets: what its machines, queues, streams, rules and people call.
 * @throws Error naming in one line a function or a rule that the lab neither plays nor leaves out.
 */
export function whatIsPlayed(deployed: Deployed): Played {
  const functions = new Set([...calledFunctions(deployed)].filter((name) => !(name in LEFT_OUT)));
  refuseUnknown(deployed, functions);
  const rules = deployed.ofType('AWS::Events::Rule').filter((rule) => isRulePlayed(rule, deployed, functions));
  const isSchedule = ({ declaration }: PlannedResource): boolean => 'ScheduleExpression' in declaration.properties;
  const jobs = rules
    .filter(isSchedule)
    .flatMap((rule) => functionsOf(rule, deployed).map((name) => ({ name, everyMs: periodOf(rule) })));
  const mappings = deployed
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ declaration: { properties } }) => functions.has(String(properties['FunctionName'])));
  const configs = deployed
    .ofType('AWS::Lambda::EventInvokeConfig')
    .filter(({ declaration: { properties } }) => functions.has(String(properties['FunctionName'])));
  const core = [
    ...deployed.ofType('AWS::Events::EventBus'),
    ...deployed.ofType('AWS::Events::Archive'),
    // The world runs the jobs itself, as its time goes by.
    ...rules.filter((rule) => !isSchedule(rule)),
  ];
  const queues = queuesNamedBy([...core, ...mappings, ...configs], deployed);
  const wanted = new Set<PlannedResource>([...core, ...queues, ...policiesOf(queues, deployed)]);
  return { functions, jobs, resources: deployed.resources.filter((resource) => wanted.has(resource)) };
}

function calledFunctions(deployed: Deployed): Set<string> {
  const { functions, machines, mappings } = deployed;
  const definitions = machines.map(({ definition }) => definition);
  const rules = deployed.ofType('AWS::Events::Rule').flatMap((rule) => functionsOf(rule, deployed));
  const isInMachine = (name: string): boolean => definitions.some((text) => text.includes(`:function:${name}"`));
  const consumers = mappings.map(({ functionReference }) => functionReference);
  return new Set([...CALLED_FROM_OUTSIDE, ...consumers, ...rules, ...[...functions.keys()].filter(isInMachine)]);
}

function refuseUnknown({ functions }: Deployed, played: ReadonlySet<string>): void {
  for (const name of functions.keys()) {
    if (played.has(name) || name in LEFT_OUT) continue;
    throw new Error(`The fault lab does not know the function ${name}, which nothing in it calls: see ${FILE}.`);
  }
  for (const name of [...played, ...Object.keys(LEFT_OUT)]) {
    if (functions.has(name)) continue;
    throw new Error(`The fault lab knows a function ${name} that the template does not have: see ${FILE}.`);
  }
}

/** @throws Error when its targets are not all played, and not all left out. */
function isRulePlayed(rule: PlannedResource, deployed: Deployed, played: ReadonlySet<string>): boolean {
  const { logicalId } = rule.declaration;
  const targets = targetsOf(rule);
  const callees = functionsOf(rule, deployed);
  const isEveryTargetKnown = targets.length > 0 && callees.length === targets.length;
  const isEvenHanded = callees.every((name) => played.has(name)) || callees.every((name) => name in LEFT_OUT);
  if (!isEveryTargetKnown || !isEvenHanded) {
    throw new Error(
      `The fault lab does not know all targets of the rule ${logicalId} (${targets.join(', ')}): see ${FILE}.`,
    );
  }
  return played.has(callees[0] ?? '');
}

/** @throws Error when it is no rate. */
function periodOf({ declaration: { logicalId, properties } }: PlannedResource): number {
  try {
    return minutesBetweenRuns(properties['ScheduleExpression']) * MINUTE_MS;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`The fault lab cannot run the jobs of the rule ${logicalId}: ${message} See ${FILE}.`, {
      cause: error,
    });
  }
}

/** The functions that a rule's targets come to: by themselves, or through the queue that they work off. */
function functionsOf(rule: PlannedResource, { functions, mappings }: Deployed): string[] {
  return targetsOf(rule).flatMap((arn) => {
    const consumer = mappings.find(({ eventSourceArn }) => eventSourceArn === arn)?.functionReference;
    const name = consumer ?? arn.split(':').at(-1) ?? '';
    return functions.has(name) ? [name] : [];
  });
}

function targetsOf({ declaration }: PlannedResource): string[] {
  return ((declaration.properties['Targets'] ?? []) as { Arn: string }[]).map(({ Arn }) => Arn);
}

/** Queues that these resources name, and the dead-letter queues that those name. */
function queuesNamedBy(resources: readonly PlannedResource[], deployed: Deployed): PlannedResource[] {
  const found = new Set<PlannedResource>();
  const look = (text: string): void => {
    for (const queue of deployed.ofType('AWS::SQS::Queue')) {
      if (found.has(queue) || !text.includes(`${queue.identity.attributes['Arn']}"`)) continue;
      found.add(queue);
      look(JSON.stringify(queue.declaration.properties));
    }
  };
  for (const { declaration } of resources) look(JSON.stringify(declaration.properties));
  return [...found];
}

function policiesOf(queues: readonly PlannedResource[], deployed: Deployed): PlannedResource[] {
  const urls = new Set<unknown>(queues.map(({ identity }) => identity.ref));
  return deployed
    .ofType('AWS::SQS::QueuePolicy')
    .filter(({ declaration }) => (declaration.properties['Queues'] as unknown[]).every((url) => urls.has(url)));
}
