/** What a form-encoded body holds: strings, and nested values written with brackets (`metadata[orderId]=…`). */
export type FormValue = string | FormObject | FormValue[];
export interface FormObject {
  [name: string]: FormValue;
}

const NAME_PATTERN = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;
const MAX_DEPTH = 5;

/**
 * Parses the encoding that Stripe's SDKs write: `a[b]=1` nests, `a[]=1` and `a[0]=1` make lists.
 * @throws Error when a name is malformed or nested deeper than five levels.
 */
export function parseForm(body: string): FormObject {
  const root = emptyObject();
  for (const [name, value] of new URLSearchParams(body)) assign(root, pathOf(name), value);
  return root;
}

/** No prototype: a name such as `__proto__` is a name like any other. */
function emptyObject(): FormObject {
  return Object.create(null) as FormObject;
}

function pathOf(name: string): string[] {
  const match = NAME_PATTERN.exec(name);
  if (!match) throw new Error(`Invalid parameter name: ${name.slice(0, 100)}`);
  const path = [match[1] ?? '', ...(match[2] ?? '').slice(1, -1).split('][')];
  if (match[2] === '') path.pop();
  if (path.length > MAX_DEPTH) throw new Error(`Parameter nested too deeply: ${name.slice(0, 100)}`);
  return path;
}

function assign(parent: FormObject, [name, ...rest]: string[], value: string): void {
  if (name === undefined) return;
  const [next] = rest;
  if (next === undefined) {
    parent[name] = value;
  } else if (next === '' || /^\d+$/.test(next)) {
    assignToList(parent, name, rest, value);
  } else {
    const child = parent[name];
    const object = isObject(child) ? child : emptyObject();
    parent[name] = object;
    assign(object, rest, value);
  }
}

function assignToList(parent: FormObject, name: string, [, ...rest]: string[], value: string): void {
  const child = parent[name];
  const list = Array.isArray(child) ? child : [];
  parent[name] = list;
  if (rest.length === 0) {
    list.push(value);
  } else {
    const item = emptyObject();
    assign(item, rest, value);
    list.push(item);
  }
}

function isObject(value: FormValue | undefined): value is FormObject {
  return typeof value === 'object' && !Array.isArray(value);
}

/** The string under `name`; undefined when absent, empty or nested. */
export function textOf(form: FormObject, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The flat string map under `name` (Stripe's `metadata`); nested values are left out. */
export function textsOf(form: FormObject, name: string): Record<string, string> {
  const value = form[name];
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
