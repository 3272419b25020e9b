import { expect, test } from 'vitest';
import { parseRouting } from './alias-routing.ts';

const ARN = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';
const routing = (...routes: [suffix: string, weight: unknown][]): object[] =>
  routes.map(([suffix, weight]) => ({ stateMachineVersionArn: `${ARN}${suffix}`, weight }));
const worded = (message: string | RegExp): unknown =>
  typeof message === 'string' ? message : expect.stringMatching(message);

test.each([
  ['one version', routing([':1', 100])],
  ['two versions', routing([':1', 0], [':2', 100])],
])('%s is taken', (_, given) => {
  expect(parseRouting(given)).toMatchObject({ machineArn: ARN });
});

// Texts are those of AWS, from LocalStack's snapshot file
// tests/aws/services/stepfunctions/v2/test_sfn_api_aliasing.snapshot.json; patterns are not proven.
test.each<[string, unknown, string | RegExp]>([
  ['no list', undefined, /Member must not be null/],
  ['nothing', [], /Member must have length greater than or equal to 1/],
  [
    'a machine’s own ARN',
    routing(['', 50], [':2', 50]),
    `Routing configuration must contain state machine version ARNs. Received: [${ARN}, ${ARN}:2]`,
  ],
  ['an alias', routing([':live', 100]), /must contain state machine version ARNs/],
  [
    'the same version twice',
    routing([':1', 50], [':1', 50]),
    `Routing configuration must contain distinct state machine version ARNs. Received: [${ARN}:1, ${ARN}:1]`,
  ],
  [
    'three versions',
    routing([':1', 50], [':2', 30], [':3', 20]),
    `1 validation error detected: Value '[RoutingConfigurationListItem(stateMachineVersionArn=${ARN}:1, weight=50), RoutingConfigurationListItem(stateMachineVersionArn=${ARN}:2, weight=30), RoutingConfigurationListItem(stateMachineVersionArn=${ARN}:3, weight=20)]' at 'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2`,
  ],
  [
    'a weight above 100',
    routing([':1', 101]),
    "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: Member must have value less than or equal to 100",
  ],
  ['a negative weight', routing([':1', 110], [':2', -10]), /Value '110' at/],
  ['half a weight', routing([':1', 99.5], [':2', 0.5]), /whole number/],
  ['a weight that is a text', routing([':1', '100']), /whole number/],
  [
    'weights below 100',
    routing([':1', 70], [':2', 29]),
    'Sum of routing configuration weights must equal 100. Received: [70, 29]',
  ],
  [
    'weights above 100',
    routing([':1', 70], [':2', 31]),
    'Sum of routing configuration weights must equal 100. Received: [70, 31]',
  ],
  [
    'versions of two machines',
    [...routing([':1', 50]), { stateMachineVersionArn: `${ARN}2:1`, weight: 50 }],
    /versions of one state machine/,
  ],
])('%s is refused', (_, given, message) => {
  expect(() => parseRouting(given)).toThrow(
    expect.objectContaining({
      code: 'ValidationException',
      message: worded(message),
    }),
  );
});
