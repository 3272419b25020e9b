import { describe, expect, test } from 'vitest';
import { compileEventPattern } from './event-pattern.ts';

const event = {
  version: '0',
  id: '6a7e8feb',
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '111122223333',
  time: '2017-12-22T18:43:48Z',
  region: 'us-west-1',
  resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0', 'second'],
  detail: {
    'instance-id': 'i-1234567890abcdef0',
    state: 'running',
    'c-count': 5,
    'd-count': 3,
    'x-limit': 301.8,
    'source-ip': '10.0.0.33',
    ipv6: '2001:db8::1',
    file: 'photo.PNG',
    flag: true,
    nothing: null,
    empty: [],
    tags: ['red', 'green'],
    nested: [['deep'], 'flat'],
    items: [
      { sku: 'a', quantity: 1 },
      { sku: 'b', quantity: 2 },
    ],
    path: 'dir1/dir2/file*.txt',
    letters: 'a'.repeat(300),
    deep: JSON.parse(`${'['.repeat(50_000)}"core"${']'.repeat(50_000)}`) as unknown,
    constructor: 'builder',
    toString: 'text',
    '>': 'more',
    'dotted.status': 'on',
    'dotted.deeper.level': 3,
    both: { a: 1 },
    'both.b': 2,
  },
};

const matches = (pattern: unknown): boolean => compileEventPattern(JSON.stringify(pattern)).matches(event);
const detail = (pattern: object): object => ({ detail: pattern });

/** The examples of the user guide's page on comparison operators, and what their opposites say. */
test.each<[string, object, boolean]>([
  ['exact value', { source: ['aws.ec2'] }, true],
  ['one of several values', detail({ state: ['stopped', 'running'] }), true],
  ['another value', detail({ state: ['stopped'] }), false],
  ['case matters', detail({ state: ['RUNNING'] }), false],
  ['two fields must both match', { source: ['aws.ec2'], region: ['eu-west-1'] }, false],
  ['number', detail({ 'c-count': [5] }), true],
  ['a number is not its text', detail({ 'c-count': ['5'] }), false],
  ['boolean', detail({ flag: [true] }), true],
  ['null', detail({ nothing: [null] }), true],
  ['null is not absence', detail({ missing: [null] }), false],
  ['an element of an array', { resources: ['second'] }, true],
  ['an element of a nested array', detail({ nested: ['deep'] }), true],
  ['no element of an array', { resources: ['third'] }, false],
  ['prefix', { time: [{ prefix: '2017-12-22' }] }, true],
  ['prefix of another', { time: [{ prefix: '2018' }] }, false],
  ['prefix of a number', detail({ 'c-count': [{ prefix: '5' }] }), false],
  ['prefix ignoring case', { source: [{ prefix: { 'equals-ignore-case': 'AWS.E' } }] }, true],
  ['suffix', detail({ file: [{ suffix: '.PNG' }] }), true],
  ['suffix with other case', detail({ file: [{ suffix: '.png' }] }), false],
  ['suffix ignoring case', detail({ file: [{ suffix: { 'equals-ignore-case': '.png' } }] }), true],
  ['equals-ignore-case', detail({ state: [{ 'equals-ignore-case': 'RUNNING' }] }), true],
  ['equals-ignore-case of a part', detail({ state: [{ 'equals-ignore-case': 'RUN' }] }), false],
  ['anything-but a string', detail({ state: [{ 'anything-but': 'initializing' }] }), true],
  ['anything-but the value', detail({ state: [{ 'anything-but': 'running' }] }), false],
  ['anything-but a list', detail({ state: [{ 'anything-but': ['stopped', 'overloaded'] }] }), true],
  ['anything-but a list with the value', detail({ state: [{ 'anything-but': ['stopped', 'running'] }] }), false],
  ['anything-but a number', detail({ 'x-limit': [{ 'anything-but': 123 }] }), true],
  ['anything-but a list of numbers', detail({ 'x-limit': [{ 'anything-but': [100, 301.8] }] }), false],
  ['anything-but prefix', detail({ state: [{ 'anything-but': { prefix: 'init' } }] }), true],
  ['anything-but prefixes', detail({ state: [{ 'anything-but': { prefix: ['init', 'run'] } }] }), false],
  ['anything-but suffix', detail({ file: [{ 'anything-but': { suffix: '.txt' } }] }), true],
  ['anything-but suffixes', detail({ file: [{ 'anything-but': { suffix: ['.txt', '.PNG'] } }] }), false],
  [
    'anything-but ignoring case',
    detail({ state: [{ 'anything-but': { 'equals-ignore-case': ['RUNNING', 'x'] } }] }),
    false,
  ],
  ['anything-but wildcard', detail({ path: [{ 'anything-but': { wildcard: '*/lib/*' } }] }), true],
  ['anything-but wildcards', detail({ path: [{ 'anything-but': { wildcard: ['*/lib/*', 'dir1/*'] } }] }), false],
  ['anything-but a field that is absent', detail({ missing: [{ 'anything-but': 'x' }] }), false],
  ['anything-but of an array: another element is enough', detail({ tags: [{ 'anything-but': 'red' }] }), true],
  ['numeric range', detail({ 'c-count': [{ numeric: ['>', 0, '<=', 5] }] }), true],
  ['numeric bound', detail({ 'd-count': [{ numeric: ['<', 3] }] }), false],
  ['numeric equality', detail({ 'x-limit': [{ numeric: ['=', 3.018e2] }] }), true],
  ['numeric of a text', detail({ state: [{ numeric: ['>', 0] }] }), false],
  ['cidr', detail({ 'source-ip': [{ cidr: '10.0.0.0/24' }] }), true],
  ['cidr of another net', detail({ 'source-ip': [{ cidr: '10.0.1.0/24' }] }), false],
  ['cidr of version 6', detail({ ipv6: [{ cidr: '2001:db8::/32' }] }), true],
  ['cidr of what is no address', detail({ state: [{ cidr: '0.0.0.0/0' }] }), false],
  ['exists', detail({ 'c-count': [{ exists: true }] }), true],
  ['exists of a null', detail({ nothing: [{ exists: true }] }), true],
  ['exists of what is absent', detail({ missing: [{ exists: true }] }), false],
  ['exists of an object in between', { detail: [{ exists: true }] }, false],
  ['exists of an empty array', detail({ empty: [{ exists: true }] }), false],
  ['absent', detail({ missing: [{ exists: false }] }), true],
  ['absent under what is absent', detail({ missing: { deeper: [{ exists: false }] } }), true],
  ['absent, but there', detail({ state: [{ exists: false }] }), false],
  ['absent or a value', detail({ missing: [{ exists: false }, 'x'], state: [{ exists: false }, 'running'] }), true],
  ['a replay is told from the first time', { 'replay-name': [{ exists: false }] }, true],
  ['wildcard', detail({ path: [{ wildcard: 'dir1/*/file\\*.txt' }] }), true],
  ['wildcard: an escaped star is a star', detail({ path: [{ wildcard: 'dir1/\\*' }] }), false],
  [
    'wildcard: many stars and a text that nearly fits',
    detail({ letters: [{ wildcard: `${'*a'.repeat(300)}b` }] }),
    false,
  ],
  ['wildcard: many stars and a text that fits', detail({ letters: [{ wildcard: '*a'.repeat(300) }] }), true],
  ['a field named constructor', detail({ constructor: ['builder'] }), true],
  ['a field named toString', detail({ toString: [{ prefix: 'te' }] }), true],
  ['a field named as a comparison', detail({ '>': ['more'] }), true],
  ['no field hasOwnProperty', detail({ hasOwnProperty: [{ exists: false }] }), true],
  ['an element that lies deep', detail({ deep: ['core'] }), true],
  ['wildcard: a dot is a dot', { source: [{ wildcard: 'a.s.*' }] }, false],
  ['fields in one object of an array', detail({ items: { sku: ['a'], quantity: [1] } }), true],
  ['fields in different objects of an array', detail({ items: { sku: ['a'], quantity: [2] } }), false],
  ['absent in every object of an array', detail({ items: { sku: [{ exists: false }] } }), false],
  ['$or: one of its alternatives', { $or: [{ region: ['x'] }, { source: ['aws.ec2'] }] }, true],
  ['$or: none of its alternatives', { $or: [{ region: ['x'] }, { source: ['y'] }] }, false],
  ['$or beside another field', { source: ['no'], $or: [{ region: ['us-west-1'] }, { source: ['y'] }] }, false],
  [
    '$or inside',
    detail({ $or: [{ 'c-count': [{ numeric: ['>', 9] }] }, { 'd-count': [3], state: ['running'] }] }),
    true,
  ],
  ['$or in $or', { $or: [{ $or: [{ source: ['x'] }, { region: ['us-west-1'] }] }, { source: ['y'] }] }, true],
  // Keys with dots: README of aws/event-ruler ("Compiled rules and JSON keys with dots").
  ['a key with dots is a path', { 'detail.state': ['running'] }, true],
  ['a key with dots and another value', { 'detail.state': ['stopped'] }, false],
  ['a key with dots down to a field with dots', { 'detail.dotted.status': ['on'] }, true],
  ['a path to a field with dots', detail({ dotted: { status: ['on'], deeper: { level: [3] } } }), true],
  ['a path to a field with dots, and another value', detail({ dotted: { status: ['off'] } }), false],
  ['keys with dots and objects, together', { 'detail.state': ['running'], detail: { flag: [false] } }, false],
  ['keys with dots in one object of an array', { 'detail.items.sku': ['a'], 'detail.items.quantity': [2] }, false],
  ['a filter of a field and one of what lies below it', { detail: ['x'], 'detail.state': ['running'] }, false],
  ['absent below a key with dots', { 'detail.dotted.other': [{ exists: false }] }, true],
  ['a field as an object and with dots', detail({ both: { a: [1], b: [2] } }), true],
  ['$or as a field when it holds filters', { $or: [{ prefix: 'a' }, { suffix: 'b' }] }, false],
])('%s', (_name, pattern, expected) => {
  expect(matches(pattern)).toBe(expected);
});

describe('a pattern that is not valid is refused', () => {
  test.each([
    ['not JSON', '{"a":'],
    ['an array', '[]'],
    ['an empty object', '{}'],
    ['an empty object inside', '{"detail":{}}'],
    ['an empty array', '{"a":[]}'],
    ['a value that is no array', '{"a":"b"}'],
    ['an unknown filter', '{"a":[{"like":"b"}]}'],
    ['two filters in one object', '{"a":[{"prefix":"b","suffix":"c"}]}'],
    ['a prefix that is no text', '{"a":[{"prefix":1}]}'],
    ['exists that is no boolean', '{"a":[{"exists":"true"}]}'],
    ['mixed types in anything-but', '{"a":[{"anything-but":["b",1]}]}'],
    ['an unknown anything-but', '{"a":[{"anything-but":{"numeric":["=",1]}}]}'],
    ['an unknown comparison', '{"a":[{"numeric":["!=",1]}]}'],
    ['a comparison with a text', '{"a":[{"numeric":[">","1"]}]}'],
    ['an upside-down range', '{"a":[{"numeric":[">",5,"<",1]}]}'],
    ['a number out of bounds', '{"a":[{"numeric":[">",5000000001]}]}'],
    ['a malformed CIDR', '{"a":[{"cidr":"10.0.0.0/33"}]}'],
    ['a filter named as what every object has', '{"a":[{"constructor":"b"}]}'],
    ['a filter named __proto__', '{"a":[{"__proto__":"b"}]}'],
    ['an anything-but named as what every object has', '{"a":[{"anything-but":{"toString":"b"}}]}'],
    ['a comparison named as what every object has', '{"a":[{"numeric":["constructor",1]}]}'],
    ['two stars', '{"a":[{"wildcard":"a**b"}]}'],
    ['a wrong escape', '{"a":[{"wildcard":"a\\\\b"}]}'],
  ])('%s', (_name, text) => {
    expect(() => compileEventPattern(text)).toThrow(expect.objectContaining({ code: 'InvalidEventPatternException' }));
  });
});

// aws/event-ruler issue 22: of a key that is repeated EventBridge takes the last, as its engine's JSON parser does.
test.each([
  ['{"source":["aws.s3"],"source":["aws.ec2"]}', true],
  ['{"source":["aws.ec2"],"source":["aws.s3"]}', false],
  ['{"detail":{"state":["stopped"],"state":["running"]}}', true],
  ['{"detail":{"state":["running"]},"detail":{"flag":[false]}}', false],
  ['{"detail":{"flag":[false]},"detail":{"state":["running"]}}', true],
  ['{"detail.state":["stopped"],"detail":{"state":["running"]}}', true],
])('of a key that is repeated the last counts: %s', (text, expected) => {
  expect(compileEventPattern(text).matches(event)).toBe(expected);
});

test('a field named __proto__ is a field as any other', () => {
  const { matches: matchesEvent } = compileEventPattern('{"detail":{"__proto__":["x"]}}');
  expect(matchesEvent(JSON.parse('{"detail":{"__proto__":"x"}}'))).toBe(true);
  expect(matchesEvent({ detail: {} })).toBe(false);
});
