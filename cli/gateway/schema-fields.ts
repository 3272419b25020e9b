import * as z from 'zod';

/** A field of a value, or of its schema, or of both. */
export interface DescribedField {
  /** `lines[0].sku` */
  readonly path: string;
  /** What the schema allows there, in words; undefined for a field that it does not know. */
  readonly allows?: string;
  readonly isRequired: boolean;
  /** JSON text; undefined where the value has no such field. */
  readonly value?: string;
  /** Why the schema refuses it. */
  readonly fault?: string;
}

/** JSON Schema, as far as zod writes it for our values. */
interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly format?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
}

interface Place {
  readonly path: string;
  readonly schema: JsonSchema | undefined;
  readonly isRequired: boolean;
  readonly value: unknown;
}

/** A value beside its schema: a row for each field of either, and why one is refused. */
export function fieldsOf(schema: z.ZodType, value: unknown): DescribedField[] {
  const faults = new Map(
    schema.safeParse(value).error?.issues.map(({ path, message }) => [pathText(path), message] as const),
  );
  const whole = { path: '', schema: z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, isRequired: true, value };
  return leavesOf(whole).map((place) => describedField(place, faults.get(place.path)));
}

/** Down to what is neither an object nor a list. */
function leavesOf(place: Place): Place[] {
  const { path, schema, value } = place;
  if (isObject(value)) {
    const names = new Set([...Object.keys(schema?.properties ?? {}), ...Object.keys(value)]);
    return [...names].flatMap((name) =>
      leavesOf({
        path: path === '' ? name : `${path}.${name}`,
        schema: schema?.properties?.[name],
        isRequired: schema?.required?.includes(name) ?? false,
        value: value[name],
      }),
    );
  }
  if (!Array.isArray(value) || value.length === 0) return [place];
  return value.flatMap((item: unknown, index) =>
    leavesOf({ path: `${path}[${index}]`, schema: schema?.items, isRequired: true, value: item }),
  );
}

function describedField({ path, schema, isRequired, value }: Place, fault: string | undefined): DescribedField {
  return {
    path,
    isRequired,
    ...(schema !== undefined && { allows: wordsOf(schema) }),
    ...(value !== undefined && { value: JSON.stringify(value) }),
    ...(fault !== undefined && { fault }),
  };
}

function wordsOf(schema: JsonSchema): string {
  const { type = 'any', const: only, enum: choices, anyOf, format, maxLength } = schema;
  if (only !== undefined) return `exactly ${JSON.stringify(only)}`;
  if (choices) return `one of ${choices.map(String).join(', ')}`;
  if (anyOf) return anyOf.map(wordsOf).join(', or ');
  if (type === 'integer' || type === 'number')
    return `${type === 'integer' ? 'whole number' : 'number'}${range(schema)}`;
  if (type !== 'string') return type;
  return format ?? `text${maxLength === undefined ? '' : `, at most ${maxLength} characters`}`;
}

function range({ minimum, exclusiveMinimum, maximum }: JsonSchema): string {
  const least =
    minimum !== undefined ? ` from ${minimum}` : exclusiveMinimum !== undefined ? ` over ${exclusiveMinimum}` : '';
  return `${least}${maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
