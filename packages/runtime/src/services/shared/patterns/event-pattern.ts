import { isRecord } from '@order-workflow/states-language';
import { AwsError } from '../aws-error.ts';
import { compileFilter, InvalidPattern, isLeaf, type Leaf, type ValueFilter } from './value-filters.ts';

/**
 * Event patterns, as the EventBridge user guide and the open source Event Ruler describe them.
 *
 * P1  Fields of one object must all match; entries of a field's array are alternatives; `$or` holds alternatives.
 * P2  An array in the event matches when any element does; fields of objects in an array must match in the same one.
 * P3  `exists` is about leaves: an object, an empty array or an array of objects counts as absent.
 * P4  A key with dots is a path, in a pattern and in an event; of a key that is repeated the last counts.
 */
export interface EventPattern {
  /** The pattern as it was given. */
  readonly text: string;
  matches(event: unknown): boolean;
}

const MAX_PATTERN_LENGTH = 4096;

/** @throws AwsError InvalidEventPatternException. */
export function compileEventPattern(text: string): EventPattern {
  if (text.length > MAX_PATTERN_LENGTH)
    throw invalidPattern(`Event pattern is longer than ${MAX_PATTERN_LENGTH} characters`);
  try {
    const pattern: unknown = JSON.parse(text);
    const node = compileObject(pattern, []);
    return { text, matches: (event) => node(event) };
  } catch (error) {
    if (error instanceof InvalidPattern || error instanceof SyntaxError) throw invalidPattern(error.message);
    throw error;
  }
}

function invalidPattern(reason: string): AwsError {
  return new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`);
}

type Matcher = (value: unknown) => boolean;

interface Field {
  readonly name: string;
  readonly matches: Matcher;
  /** Tests absence alone, so it asks about all elements of an array at once (P2 is about presence). */
  readonly testsAbsence: boolean;
}

/** Keys of an object with what stands under them, in their order. */
type Entries = readonly (readonly [key: string, child: unknown])[];

function compileObject(pattern: unknown, path: readonly string[]): Matcher {
  if (!isRecord(pattern)) throw new InvalidPattern(`Filter is not an object`);
  return compileEntries(Object.entries(pattern), path);
}

function compileEntries(entries: Entries, path: readonly string[]): Matcher {
  if (entries.length === 0) throw new InvalidPattern('Empty objects are not allowed');
  const alternatives: Matcher[][] = [];
  const others: (readonly [string, unknown])[] = [];
  for (const [name, child] of entries) {
    if (name === '$or' && isAlternatives(child)) alternatives.push(child.map((each) => compileObject(each, path)));
    else others.push([name, child]);
  }
  const fields = [...byFirstPart(others)].flatMap(([name, parts]) => compileField(name, parts, path));
  const absences = fields.filter((field) => field.testsAbsence);
  const presences = fields.filter((field) => !field.testsAbsence);
  const matchesObject: Matcher = (value) =>
    presences.every((field) => field.matches(fieldOf(value, field.name))) &&
    alternatives.every((choices) => choices.some((matches) => matches(value)));
  return (value) => {
    const elements = Array.isArray(value) ? flatten(value) : [value];
    return (
      elements.some(matchesObject) &&
      absences.every((field) => elements.every((element) => field.matches(fieldOf(element, field.name))))
    );
  };
}

/** What a pattern says of one field: of itself, and of what lies below it. */
interface FieldParts {
  leaf?: unknown;
  below?: Entries;
}

function byFirstPart(entries: Entries): Map<string, FieldParts> {
  const fields = new Map<string, FieldParts>();
  for (const [key, child] of entries) {
    const [name, rest] = splitAtDot(key);
    const parts = fields.get(name) ?? {};
    if (rest !== undefined) parts.below = [...(parts.below ?? []), [rest, child]];
    else if (isRecord(child)) parts.below = [...(parts.below ?? []), ...Object.entries(child)];
    else parts.leaf = child;
    fields.set(name, parts);
  }
  return fields;
}

function splitAtDot(key: string): [first: string, rest: string | undefined] {
  const dot = key.indexOf('.');
  return dot < 0 ? [key, undefined] : [key.slice(0, dot), key.slice(dot + 1)];
}

function compileField(name: string, { leaf, below }: FieldParts, parentPath: readonly string[]): Field[] {
  const path = [...parentPath, name];
  const fields: Field[] = [];
  if (below !== undefined) fields.push({ name, matches: compileEntries(below, path), testsAbsence: false });
  if (leaf === undefined) return fields;
  if (!Array.isArray(leaf)) throw new InvalidPattern(`"${path.join('.')}" must be an object or an array`);
  if (leaf.length === 0) throw new InvalidPattern('Empty arrays are not allowed');
  return [...fields, compileLeaf(name, leaf)];
}

function compileLeaf(name: string, entries: readonly unknown[]): Field {
  const filters: ValueFilter[] = [];
  let whenAbsent = false;
  for (const entry of entries) {
    const exists = existsOperand(entry);
    if (exists === undefined) filters.push(compileFilter(entry));
    else if (exists) filters.push(() => true);
    else whenAbsent = true;
  }
  return {
    name,
    testsAbsence: whenAbsent && filters.length === 0,
    matches: (value) => {
      const leaves = leavesOf(value);
      if (leaves.length === 0) return whenAbsent;
      return leaves.some((leaf) => filters.some((filter) => filter(leaf)));
    },
  };
}

/** The operand of `{"exists": …}`; undefined for any other entry. */
function existsOperand(entry: unknown): boolean | undefined {
  if (!isRecord(entry) || !('exists' in entry)) return undefined;
  if (Object.keys(entry).length > 1) throw new InvalidPattern('Only one key allowed in match expression');
  if (typeof entry.exists !== 'boolean') throw new InvalidPattern('exists match pattern must be either true or false.');
  return entry.exists;
}

/** Names that make a `$or` an ordinary field, as Event Ruler reserves them. */
const filterNames = ['exists', 'prefix', 'suffix', 'equals-ignore-case', 'wildcard', 'anything-but', 'numeric', 'cidr'];

function isAlternatives(child: unknown): child is object[] {
  return (
    Array.isArray(child) &&
    child.length >= 2 &&
    child.every((each) => isRecord(each) && !Object.keys(each).some((key) => filterNames.includes(key)))
  );
}

function leavesOf(value: unknown): Leaf[] {
  if (isLeaf(value)) return [value];
  return Array.isArray(value) ? flatten(value).filter(isLeaf) : [];
}

/** Without recursion: an event may hold arrays as deep as its size allows. */
function flatten(values: readonly unknown[]): unknown[] {
  const flat: unknown[] = [];
  const waiting: unknown[] = values.toReversed();
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (Array.isArray(next)) for (const each of next.toReversed()) waiting.push(each);
    else flat.push(next);
  }
  return flat;
}

/** What stands under a name, and under keys that begin with it and a dot (P4). */
function fieldOf(value: unknown, name: string): unknown {
  if (!isRecord(value)) return undefined;
  const own = Object.hasOwn(value, name) ? value[name] : undefined;
  const prefix = `${name}.`;
  const below = Object.keys(value).filter((key) => key.startsWith(prefix));
  if (below.length === 0) return own;
  const nested = Object.fromEntries(below.map((key) => [key.slice(prefix.length), value[key]]));
  if (own === undefined) return nested;
  return isRecord(own) ? { ...own, ...nested } : [own, nested];
}
