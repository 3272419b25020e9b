import { isRecord } from '@order-workflow/states-language';
import { BlockList, isIP } from 'node:net';
import { compileWildcard } from './wildcard.ts';

/** Decides on one leaf value of an event: a string, number, boolean or null. */
export type ValueFilter = (value: Leaf) => boolean;

export type Leaf = string | number | boolean | null;

/** What is wrong with a pattern; the text follows "Event pattern is not valid. Reason: ". */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern';
}

const MAX_NUMBER = 5e9;

/** Compiles one entry of a field's array: a literal, or an object with one filter. @throws InvalidPattern. */
export function compileFilter(entry: unknown): ValueFilter {
  if (isLeaf(entry)) return (value) => value === entry;
  const [name, operand] = onlyEntry(entry, 'match expression');
  const compile = filters.get(name);
  if (!compile) throw new InvalidPattern(`Unrecognized match type ${name}`);
  return compile(operand);
}

export function isLeaf(value: unknown): value is Leaf {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** All filters but `exists`, which is about the field and not about a value (event-pattern.ts). */
const filters: ReadonlyMap<string, (operand: unknown) => ValueFilter> = new Map(
  Object.entries({
    prefix: (operand: unknown) => affixFilter('prefix', operand),
    suffix: (operand: unknown) => affixFilter('suffix', operand),
    'equals-ignore-case': (operand: unknown): ValueFilter => {
      const expected = text('equals-ignore-case', operand).toLowerCase();
      return (value) => typeof value === 'string' && value.toLowerCase() === expected;
    },
    wildcard: wildcardFilter,
    'anything-but': anythingButFilter,
    numeric: numericFilter,
    cidr: cidrFilter,
  }),
);

function affixFilter(kind: 'prefix' | 'suffix', operand: unknown): ValueFilter {
  const has = (value: string, affix: string): boolean =>
    kind === 'prefix' ? value.startsWith(affix) : value.endsWith(affix);
  if (typeof operand === 'string') return (value) => typeof value === 'string' && has(value, operand);
  const [name, inner] = onlyEntry(operand, kind);
  if (name !== 'equals-ignore-case') throw new InvalidPattern(`Unsupported ${kind} pattern: ${name}`);
  const affix = text(kind, inner).toLowerCase();
  return (value) => typeof value === 'string' && has(value.toLowerCase(), affix);
}

/** `*` stands for any characters; `\*` and `\\` for themselves. */
function wildcardFilter(operand: unknown): ValueFilter {
  const matches = compileWildcard(wildcardPieces(text('wildcard', operand)));
  return (value) => typeof value === 'string' && matches(value);
}

/** The texts between the wildcards, without their escapes. */
function wildcardPieces(pattern: string): string[] {
  const pieces = [''];
  for (let index = 0; index < pattern.length; index += 1) {
    let character = pattern[index]!;
    if (character === '*') {
      if (pattern[index + 1] === '*') throw new InvalidPattern(`Consecutive wildcard characters at pos ${index}`);
      pieces.push('');
      continue;
    }
    if (character === '\\') {
      index += 1;
      character = pattern[index] ?? '';
      if (character !== '*' && character !== '\\')
        throw new InvalidPattern(`Invalid escape character at pos ${index - 1}`);
    }
    pieces[pieces.length - 1] += character;
  }
  return pieces;
}

function anythingButFilter(operand: unknown): ValueFilter {
  const excluded = isRecord(operand) ? excludedByFilter(operand) : excludedValues(operand);
  return (value) => !excluded.some((filter) => filter(value));
}

function excludedValues(operand: unknown): ValueFilter[] {
  const values = Array.isArray(operand) ? operand : [operand];
  const types = new Set(values.map((value) => typeof value));
  if (values.length === 0 || types.size > 1 || !(types.has('string') || types.has('number'))) {
    throw new InvalidPattern(
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    );
  }
  return values.map((value) => compileFilter(value));
}

function excludedByFilter(operand: object): ValueFilter[] {
  const [name, inner] = onlyEntry(operand, 'anything-but');
  if (!['prefix', 'suffix', 'wildcard', 'equals-ignore-case'].includes(name)) {
    throw new InvalidPattern(`Unsupported anything-but pattern: ${name}`);
  }
  const values: unknown[] = Array.isArray(inner) ? inner : [inner];
  if (values.length === 0) throw new InvalidPattern(`Empty arrays are not allowed in anything-but ${name}`);
  return values.map((value) => {
    if (value === '') throw new InvalidPattern(`Null ${name} not allowed in anything-but`);
    return compileFilter({ [name]: value });
  });
}

type Comparison = (value: number, bound: number) => boolean;

const comparisons: ReadonlyMap<string, Comparison> = new Map([
  ['=', (value, bound) => value === bound],
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
] satisfies [string, Comparison][]);

function numericFilter(operand: unknown): ValueFilter {
  if (!Array.isArray(operand) || operand.length === 0) throw new InvalidPattern('Value of numeric must be an array');
  const operators = operand.filter((_, index) => index % 2 === 0).map(String);
  const bounds = operand.filter((_, index) => index % 2 === 1).map(numericBound);
  if (bounds.length !== operators.length) throw new InvalidPattern('Value of range must be numeric');
  const tests = operators.map(comparisonOf);
  checkRange(operators, bounds);
  return (value) => typeof value === 'number' && tests.every((holds, index) => holds(value, bounds[index]!));
}

function comparisonOf(operator: string): Comparison {
  const comparison = comparisons.get(operator);
  if (!comparison) throw new InvalidPattern(`Unrecognized numeric range operator: ${operator}`);
  return comparison;
}

function numericBound(bound: unknown): number {
  if (typeof bound !== 'number') throw new InvalidPattern('Value of numeric must be a number');
  if (Math.abs(bound) > MAX_NUMBER) throw new InvalidPattern('Value must be between -5.0E9 and 5.0E9, inclusive');
  return bound;
}

function checkRange(operators: readonly string[], bounds: readonly number[]): void {
  if (operators.length === 1) return;
  const isRange = operators.length === 2 && operators[0]!.startsWith('>') && operators[1]!.startsWith('<');
  if (!isRange) throw new InvalidPattern('Too many elements in numeric expression');
  if (bounds[0]! >= bounds[1]!) throw new InvalidPattern('Bottom must be less than top');
}

function cidrFilter(operand: unknown): ValueFilter {
  const [address, bits, ...rest] = text('cidr', operand).split('/');
  const family = isIP(address ?? '') === 6 ? 'ipv6' : 'ipv4';
  const length = Number(bits);
  const valid = isIP(address ?? '') > 0 && rest.length === 0 && /^\d+$/.test(bits ?? '');
  if (!valid || length > (family === 'ipv6' ? 128 : 32)) throw new InvalidPattern(`Malformed CIDR: ${String(operand)}`);
  const block = new BlockList();
  block.addSubnet(address!, length, family);
  const version = family === 'ipv6' ? 6 : 4;
  return (value) => typeof value === 'string' && isIP(value) === version && block.check(value, family);
}

function text(filter: string, operand: unknown): string {
  if (typeof operand !== 'string') throw new InvalidPattern(`${filter} match pattern must be a string`);
  return operand;
}

function onlyEntry(value: unknown, where: string): [string, unknown] {
  const entries = isRecord(value) ? Object.entries(value) : [];
  if (entries.length !== 1) throw new InvalidPattern(`Only one key allowed in ${where}`);
  return entries[0]!;
}
