import { expect, test } from 'vitest';
import { isConditionTrue, resolve, type Scope } from './intrinsics.ts';

const scope: Scope = {
  stack: { stackName: 'demo', region: 'us-east-1', accountId: '000000000000', endpointUrl: 'http://localhost:4566' },
  parameters: new Map<string, unknown>([
    ['Stage', 'dev'],
    ['Zones', ['a', 'b']],
  ]),
  mappings: { Sizes: { dev: { memory: 128 } } },
  conditions: {
    IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
    IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
  },
  identities: new Map([
    [
      'Queue',
      { ref: 'http://localhost:4566/000000000000/q', attributes: { Arn: 'arn:q', 'Endpoint.Address': 'host' } },
    ],
  ]),
};

test.each<[string, unknown, unknown]>([
  ['Ref to a parameter', { Ref: 'Stage' }, 'dev'],
  ['Ref to a list parameter', { Ref: 'Zones' }, ['a', 'b']],
  ['Ref to a resource', { Ref: 'Queue' }, 'http://localhost:4566/000000000000/q'],
  ['pseudo parameters', [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }], ['us-east-1', '000000000000']],
  ['the rest of them', [{ Ref: 'AWS::Partition' }, { Ref: 'AWS::URLSuffix' }], ['aws', 'amazonaws.com']],
  ['the stack', { Ref: 'AWS::StackName' }, 'demo'],
  ['NoValue leaves a property out', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
  ['NoValue leaves a list item out', ['x', { Ref: 'AWS::NoValue' }], ['x']],
  ['GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:q'],
  ['GetAtt as text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:q'],
  ['GetAtt of a dotted attribute', { 'Fn::GetAtt': 'Queue.Endpoint.Address' }, 'host'],
  ['Sub', { 'Fn::Sub': '${Stage}-${Queue.Arn}-${AWS::Region}-${!Literal}' }, 'dev-arn:q-us-east-1-${Literal}'],
  ['Sub with names of its own', { 'Fn::Sub': ['${a}/${Stage}', { a: { Ref: 'Stage' } }] }, 'dev/dev'],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 1]] }, 'a-dev-1'],
  ['Select of Split', { 'Fn::Select': ['1', { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] }, 'q'],
  ['Base64', { 'Fn::Base64': { Ref: 'Stage' } }, 'ZGV2'],
  ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 128],
  ['If', { 'Fn::If': ['IsProd', 'big', { Ref: 'Stage' }] }, 'dev'],
  ['If without a value', { x: { 'Fn::If': ['IsProd', 'big', { Ref: 'AWS::NoValue' }] } }, {}],
  ['availability zones', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
  [
    'a property called Condition',
    { Condition: { StringEquals: { Ref: 'Stage' } } },
    { Condition: { StringEquals: 'dev' } },
  ],
  ['plain values', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
])('resolves %s', (_what, expression, value) => {
  expect(resolve(expression, scope)).toEqual(value);
});

test.each([
  ['IsDev', true],
  ['IsProd', false],
  ['Either', true],
  ['Both', false],
])('the condition %s is %s', (name, value) => {
  expect(isConditionTrue(name, scope)).toBe(value);
});

test.each<[string, unknown, RegExp]>([
  ['an unknown reference', { Ref: 'Nowhere' }, /Nowhere is referred to/],
  ['an unknown attribute', { 'Fn::GetAtt': ['Queue', 'Colour'] }, /Queue\.Colour/],
  ['an import', { 'Fn::ImportValue': 'other:Export' }, /other:Export/],
  ['an unknown function', { 'Fn::Cidr': [] }, /Fn::Cidr is not supported/],
  ['an undeclared condition', { 'Fn::If': ['Nope', 1, 2] }, /Nope is not declared/],
  ['a short list', { 'Fn::Select': [4, ['a']] }, /item 4 of a list of 1/],
])('refuses %s', (_what, expression, message) => {
  expect(() => resolve(expression, scope)).toThrow(message);
});
