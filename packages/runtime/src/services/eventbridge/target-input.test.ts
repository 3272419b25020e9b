import { expect, test } from 'vitest';
import { makeEvent } from './event.ts';
import { compileTargetInput } from './target-input.ts';

const event = makeEvent(
  {
    source: 'aws.ec2',
    detailType: 'Changed',
    detailJson: '{"id":"i-1","state":"say \\"hi\\"","n":1,"list":["a","b"],"o":{"k":[{"v":1},{"v":2}]}}',
    detail: { id: 'i-1', state: 'say "hi"', n: 1, list: ['a', 'b'], o: { k: [{ v: 1 }, { v: 2 }] } },
    resources: ['r1'],
    timeMs: Date.UTC(2026, 0, 1),
  },
  { accountId: '1', region: 'us-east-1' },
);
const context = { ruleArn: 'arn:rule', ruleName: 'rule', nowMs: Date.UTC(2026, 0, 2) };
const inputOf = (target: object): string => compileTargetInput({ Id: 't', Arn: 'a', ...target })(event, context);
const InputPathsMap = {
  id: '$.detail.id',
  state: '$.detail.state',
  n: '$.detail.n',
  list: '$.detail.list',
  none: '$.detail.x',
};
const transformed = (InputTemplate: string): string => inputOf({ InputTransformer: { InputPathsMap, InputTemplate } });

test('without an input the target gets the event', () => {
  expect(inputOf({})).toBe(event.json);
});

test('Input is sent as it is', () => {
  expect(inputOf({ Input: '{"a": 1}' })).toBe('{"a": 1}');
});

test.each([
  ['$', event.json],
  ['$.detail.id', '"i-1"'],
  ["$.detail['o'].k[1]", '{"v":2}'],
  ['$.detail.o.k[*].v', '[1,2]'],
  ['$.detail-type', '"Changed"'],
  ['$.detail.missing.deeper', 'null'],
])('InputPath %s', (InputPath, expected) => {
  expect(inputOf({ InputPath })).toBe(expected);
});

test.each([
  ['"instance <id> is in <state>"', '"instance i-1 is in say \\"hi\\""'],
  ['{"instance":<id>,"n":<n>,"list":<list>}', '{"instance":"i-1","n":1,"list":["a","b"]}'],
  ['{"text":"n is <n> of <list>"}', '{"text":"n is 1 of [\\"a\\",\\"b\\"]"}'],
  ['{"none":<none>,"text":"<none>"}', '{"none":null,"text":""}'],
  ['{"rule":<aws.events.rule-arn>,"name":<aws.events.rule-name>}', '{"rule":"arn:rule","name":"rule"}'],
  ['{"at":<aws.events.event.ingestion-time>}', '{"at":"2026-01-02T00:00:00Z"}'],
])('InputTemplate %s', (template, expected) => {
  expect(transformed(template)).toBe(expected);
  expect(() => JSON.parse(expected) as unknown).not.toThrow();
});

test('the whole event may stand in a template, with its detail or without', () => {
  expect(JSON.parse(transformed('{"e":<aws.events.event.json>}'))).toEqual({ e: event.envelope });
  expect(JSON.parse(transformed('{"e":<aws.events.event>}')).e).not.toHaveProperty('detail');
});

test.each([
  ['two kinds of input', { Input: '1', InputPath: '$.a' }],
  ['an input that is not JSON', { Input: '{a}' }],
  ['a path that is none', { InputPath: 'detail' }],
  ['a path that ends in the middle', { InputPath: '$.a[' }],
  ['an unknown placeholder', { InputTransformer: { InputTemplate: '{"a":<b>}' } }],
])('refuses %s', (_name, target) => {
  expect(() => inputOf(target)).toThrow(expect.objectContaining({ code: 'ValidationException' }));
});
