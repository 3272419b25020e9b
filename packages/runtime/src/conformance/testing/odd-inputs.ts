import type { JsonObject } from '../../endpoint/aws-api.ts';
import type { InputModel } from '../../services/shared/models/input-model.ts';

/** Values for members that name something, or must have a certain form. */
export type Known = Readonly<Record<string, unknown>>;

export interface OddInput {
  /** Which member, as a path. */
  readonly at: string;
  readonly input: JsonObject;
}

const PLAUSIBLE = { string: 'a', number: 1, boolean: true, time: 1_800_000_000, anything: {} };
const MANY = Array.from({ length: 10_000 }, () => 'x');
/** A number as text and text as number, lists that are none, nulls at all depths, what JavaScript itself knows. */
const ODD_SCALARS = [null, '', '\0', '5', 'x'.repeat(5000), true, -1, 0.5, 1e21];
const ODD_LISTS = [[], [null], [[]], [5], ['x'], [{}], [[null]], MANY];
const ODD_OBJECTS: readonly object[] = [
  {},
  { a: null },
  { a: [null] },
  { toString: 1 },
  { constructor: { prototype: null } },
];
const ODD: readonly unknown[] = [...ODD_SCALARS, ...ODD_LISTS, ...ODD_OBJECTS];

/** A request that gets as far as it can, and the same with every odd value for each member of its model. */
export function* oddInputs(model: InputModel, known: Known): Generator<OddInput> {
  const least = leastInput(model, known);
  yield { at: 'a plausible request', input: least };
  const whole = plausible(model, known) as JsonObject;
  for (const path of pathsIn(whole)) {
    for (const value of ODD) {
      const [first = '', ...inner] = path;
      const input = { ...least, [first]: withValue(whole[first], inner, value) };
      yield { at: `${path.join('.')} = ${JSON.stringify(value).slice(0, 60)}`, input };
    }
  }
}

/** Of the known members those that the model has; what else it has would lead to a refusal of its own. */
function leastInput(model: InputModel, known: Known): JsonObject {
  return Object.fromEntries(Object.entries(known).filter(([name]) => Object.hasOwn(model as object, name)));
}

function plausible(model: InputModel, known: Known): unknown {
  if (typeof model === 'string') return PLAUSIBLE[model];
  if (Array.isArray(model)) return [plausible(model[0] as InputModel, known)];
  const members = Object.entries(model as Readonly<Record<string, InputModel>>);
  return Object.fromEntries(
    members.map(([name, member]) => [name === '*' ? 'a' : name, known[name] ?? plausible(member, known)]),
  );
}

function withValue(owner: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...inner] = path;
  if (first === undefined) return value;
  const changed = withValue((owner as JsonObject)[first], inner, value);
  return Array.isArray(owner) ? owner.with(Number(first), changed) : { ...(owner as JsonObject), [first]: changed };
}

function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [[...path, key], ...pathsIn(member, [...path, key])]);
}
