import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Template, TemplateResource } from '@order-workflow/runtime/assembly';
import { expect, onTestFinished, test } from 'vitest';
import { ASSEMBLY_FOLDER } from '../../../cli/synthesize.ts';
import { sharedVariables } from '../shop-functions.ts';
import { readTopology } from './read-topology.ts';

type Resources = Record<string, TemplateResource>;

const TEMPLATE = 'OrderWorkflow.template.json';
const PARAMETERS = { PaymentApiUrl: 'http://provider.test' };

/** Reads the stack's topology after `change` of its template. */
function topologyAfter(change: (resources: Resources) => void) {
  const folder = mkdtempSync(path.join(tmpdir(), 'assembly-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(ASSEMBLY_FOLDER, folder, { recursive: true });
  const file = path.join(folder, TEMPLATE);
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template & { Resources: Resources };
  change(template.Resources);
  writeFileSync(file, JSON.stringify(template));
  return readTopology(folder, PARAMETERS);
}

function nameOf(resources: Resources, type: string, isWanted: (properties: string) => boolean): string {
  const entry = Object.entries(resources).find(
    ([, { Type, Properties }]) => Type === type && isWanted(JSON.stringify(Properties)),
  );
  return entry![0];
}

function changeTo(resources: Resources, logicalId: string, properties: object): void {
  const resource = resources[logicalId]!;
  resources[logicalId] = { ...resource, Properties: { ...resource.Properties, ...properties } };
}

const functionNamed = (resources: Resources, name: string): string =>
  nameOf(resources, 'AWS::Lambda::Function', (properties) => properties.includes(`"${name}.handler"`));
const ruleWith = (resources: Resources, text: string): string =>
  nameOf(resources, 'AWS::Events::Rule', (properties) => properties.includes(text));

test('the lab plays what the template deploys', () => {
  const topology = readTopology(ASSEMBLY_FOLDER, PARAMETERS);
  expect([...topology.functions.keys()]).toEqual(
    expect.arrayContaining(['create-order', 'relay-outbox', 'serve-orders']),
  );
  expect(topology.jobs.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual([
    { name: 'follow-provider-events', everyMs: 600_000 },
    { name: 'poll-payments', everyMs: 60_000 },
    { name: 'sweep-outbox', everyMs: 60_000 },
  ]);
  expect(topology.machines.map(({ arn }) => arn).toSorted()).toEqual([
    topology.cancellationArn,
    topology.returnArn,
    topology.sagaArn,
  ]);
  expect(topology.machines.every(({ definition }) => !definition.includes('${'))).toBe(true);
  expect(topology.deadLetterQueueArns).toEqual(
    expect.arrayContaining([topology.checkoutDeadLettersArn, topology.relayFailuresArn, topology.unparkedFailuresArn]),
  );
  expect(topology.deadLetterQueueArns).not.toContain(topology.checkoutQueueArn);
});

test('figures are those of the template', () => {
  const topology = topologyAfter((resources) => {
    changeTo(resources, functionNamed(resources, 'create-order'), { Timeout: 7 });
    const mapping = nameOf(resources, 'AWS::Lambda::EventSourceMapping', (text) => text.includes('StartOrderSaga'));
    changeTo(resources, mapping, { BatchSize: 3, ScalingConfig: { MaximumConcurrency: 2 } });
    const config = nameOf(resources, 'AWS::Lambda::EventInvokeConfig', (text) => text.includes('ParkFailedExecution'));
    changeTo(resources, config, { MaximumRetryAttempts: 1 });
  });
  expect(topology.functions.get('create-order')?.timeoutMs).toBe(7_000);
  expect(topology.mappings.find(({ functionReference }) => functionReference === 'start-order-saga')).toMatchObject({
    batchSize: 3,
    maximumConcurrency: 2,
  });
  expect(topology.functions.get('park-failed-execution')?.async.maximumRetryAttempts).toBe(1);
});

test('a function that a machine begins to call is played', () => {
  const topology = topologyAfter((resources) => {
    const original = resources[functionNamed(resources, 'cancel-order')]!;
    resources['Gift'] = { ...original, Properties: { ...original.Properties, Handler: 'wrap-gift.handler' } };
    const saga = nameOf(resources, 'AWS::StepFunctions::StateMachine', (text) => text.includes('CreateOrder'));
    const substitutions = resources[saga]!.Properties!['DefinitionSubstitutions'] as object;
    changeTo(resources, saga, {
      DefinitionSubstitutions: { ...substitutions, CancelOrder: { 'Fn::GetAtt': ['Gift', 'Arn'] } },
    });
  });
  expect(topology.functions.get('wrap-gift')?.timeoutMs).toBe(10_000);
});

test.each<[what: string, line: RegExp, change: (resources: Resources) => void]>([
  [
    'a function that nothing calls',
    /^The fault lab does not know the function wrap-gift, which nothing in it calls: see test\/faults\/topology\/played\.ts\.$/,
    (resources) => {
      const original = resources[functionNamed(resources, 'cancel-order')]!;
      resources['Gift'] = { ...original, Properties: { ...original.Properties, Handler: 'wrap-gift.handler' } };
    },
  ],
  [
    'a function that has gone',
    /^The fault lab knows a function watch-orders that the template does not have/,
    (resources) => changeTo(resources, functionNamed(resources, 'watch-orders'), { Handler: 'create-order.handler' }),
  ],
  [
    'a rule with a target of another kind',
    /^The fault lab does not know all targets of the rule Audit \(arn:aws:logs:us-east-1:000000000000:log-group:audit\)/,
    (resources) => {
      resources['Audit'] = {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['shop.orders'] },
          Targets: [{ Id: 'log', Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:audit' }],
        },
      };
    },
  ],
  [
    'a rule for functions that are played and such that are not',
    /^The fault lab does not know all targets of the rule OrderingExecutionFailed\w+ \(/,
    (resources) => {
      const logicalId = ruleWith(resources, 'aws.states');
      const targets = resources[logicalId]!.Properties!['Targets'] as object[];
      const mail = { Id: 'mail', Arn: { 'Fn::GetAtt': [functionNamed(resources, 'send-mail'), 'Arn'] } };
      changeTo(resources, logicalId, { Targets: [...targets, mail] });
    },
  ],
  [
    'a job at a rhythm that is no rate',
    /^The fault lab cannot run the jobs of the rule OutboxSweep\w+: .*cron\(0 3 \* \* \? \*\)/,
    (resources) => changeTo(resources, ruleWith(resources, 'SweepOutbox'), { ScheduleExpression: 'cron(0 3 * * ? *)' }),
  ],
  [
    'a table without a schema',
    /^The fault lab has no table Gifts/,
    (resources) => {
      resources['GiftsTable'] = { Type: 'AWS::DynamoDB::GlobalTable', Properties: {} };
    },
  ],
])('%s is named in one line', (_what, line, change) => {
  expect(() => topologyAfter(change)).toThrow(line);
});

test('a variable that means two things in two functions is named', () => {
  const one = { name: 'one', timeoutMs: 1, async: { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 } };
  const functions = [
    { ...one, variables: { POWERTOOLS_SERVICE_NAME: 'a', TABLE: 'Orders' } },
    { ...one, name: 'two', variables: { POWERTOOLS_SERVICE_NAME: 'b', TABLE: 'Outbox' } },
  ];
  expect(() => sharedVariables(functions)).toThrow('The fault lab has one TABLE; two wants Outbox, others Orders.');
});
