/** What an alarm of production reaches: its topic, as it stands in the template, on the embedded runtime. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startRuntime } from '@order-workflow/runtime';
import { afterAll, expect, test } from 'vitest';
import { Deployment } from '../../cli/deployment.ts';
import { tryAlarm, type Tried } from '../../cli/orders/smoke/smoke-test.ts';
import { ENVIRONMENTS } from '../../infra/config.ts';
import { resourcesOf, synthesizedStack } from '../../infra/testing/synthesized-stack.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'alarm-topic-'));
afterAll(() => rmSync(folder, { recursive: true }));

const prod = synthesizedStack(ENVIRONMENTS.prod);
const ofType = (type: string): object => resourcesOf(prod, `AWS::SNS::${type}`);
const [topicId = ''] = Object.keys(ofType('Topic'));

type Resources = Record<string, { Type: string; Properties: Record<string, unknown> }>;

/** The topic of production, and one alarm that rings at it, by the name of one of the shop's. */
function template(): { Parameters: object; Resources: Resources } {
  const topics = structuredClone({ ...ofType('Topic'), ...ofType('TopicPolicy'), ...ofType('Subscription') });
  const AlarmsOrdersParked = {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Namespace: 'Test',
      MetricName: 'Failures',
      Statistic: 'Sum',
      Period: 60,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 1,
      AlarmActions: [{ Ref: topicId }],
    },
  };
  const Resources = { ...topics, AlarmsOrdersParked } as Resources;
  delete Resources[topicId]!.Properties['KmsMasterKeyId'];
  return { Parameters: { AlarmEmail: { Type: 'String', Default: 'on-call@shop.test' } }, Resources };
}

/** @returns what the smoke test finds, and what the alarm's history says of its action once it rang by itself. */
async function ring(body: object): Promise<{ readonly smoke: Tried; readonly action: string | undefined }> {
  const assemblyFolder = mkdtempSync(path.join(folder, 'assembly-'));
  const artifact = { type: 'aws:cloudformation:stack', properties: { templateFile: 'Shop.json', stackName: 'shop' } };
  writeFileSync(path.join(assemblyFolder, 'manifest.json'), JSON.stringify({ artifacts: { Shop: artifact } }));
  writeFileSync(path.join(assemblyFolder, 'Shop.json'), JSON.stringify(body));
  const runtime = await startRuntime({ assemblyFolder, dataFolder: path.join(assemblyFolder, 'data'), port: 0 });
  const call = async (operation: string, input: object): Promise<object> => {
    const headers = { 'x-amz-target': `GraniteServiceVersion20100801.${operation}` };
    const response = await fetch(runtime.endpointUrl, { method: 'POST', headers, body: JSON.stringify(input) });
    return (await response.json()) as object;
  };
  try {
    const smoke = await tryAlarm(new Deployment({ endpointUrl: runtime.endpointUrl, stackName: 'shop' }, new Map()));
    await call('PutMetricData', { Namespace: 'Test', MetricData: [{ MetricName: 'Failures', Value: 1 }] });
    const history = await call('DescribeAlarmHistory', { HistoryItemType: 'Action' });
    const { AlarmHistoryItems } = history as { AlarmHistoryItems: { HistorySummary: string }[] };
    return { smoke, action: AlarmHistoryItems[0]?.HistorySummary };
  } finally {
    await runtime.stop();
  }
}

test('an alarm of production reaches its topic, and the smoke test of a deployment sees it', async () => {
  const succeeded = expect.stringMatching(/^Successfully executed action arn:aws:sns:/) as string;
  expect(await ring(template())).toEqual({
    smoke: { what: 'an alarm reaches its topic' },
    action: succeeded,
  });
});

test('a topic that only denies what comes without TLS lets no alarm in, and the alarm says so', async () => {
  const body = template();
  for (const { Type, Properties } of Object.values(body.Resources)) {
    if (Type !== 'AWS::SNS::TopicPolicy') continue;
    const policy = Properties['PolicyDocument'] as { Statement: { Effect: string }[] };
    policy.Statement = policy.Statement.filter(({ Effect }) => Effect === 'Deny');
  }
  const refused = expect.stringMatching(
    /^Failed to execute action arn:aws:sns:.* is not authorized to perform: SNS:Publish/,
  ) as string;
  expect(await ring(body)).toEqual({
    smoke: { what: 'an alarm reaches its topic', wrong: refused },
    action: refused,
  });
});
