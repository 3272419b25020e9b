import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** A JSON Schema as the document has it. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Response {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** One route as the document describes it. */
export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  /** As API Gateway names it: `PUT /basket/items/{sku}`. */
  readonly routeKey: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  readonly responses: Readonly<Record<string, Response>>;
  readonly needsToken: boolean;
  /** Nobody else gets past 403. */
  readonly isForAdmins: boolean;
  /** It is thanked for everything that it has signed, whatever else is in it. */
  readonly isForProvider: boolean;
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<Record<string, Response>>;
  readonly security: readonly unknown[];
}

interface RawDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
}

const FILE = new URL('../../docs/openapi.json', import.meta.url);

/** The published description of the API: all that the contract test knows of its routes. */
export class ApiDocument {
  readonly operations: readonly Operation[];
  readonly #document: RawDocument;
  readonly #ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  readonly #compiled = new Map<Schema, ValidateFunction>();

  constructor() {
    this.#document = JSON.parse(readFileSync(FILE, 'utf8')) as RawDocument;
    this.#ajv.addSchema(this.#document, 'api');
    this.operations = Object.entries(this.#document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => operationOf(path, method.toUpperCase(), operation)),
    );
  }

  /** What keeps the value from being what the schema says; undefined when nothing does. */
  faultOf(schema: Schema, value: unknown): string | undefined {
    const validate = this.#compiled.get(schema) ?? this.#ajv.compile(absolute(schema) as Schema);
    this.#compiled.set(schema, validate);
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
  }

  /** The schema itself, where it is a reference to one. */
  resolved(schema: Schema): Schema {
    const { $ref } = schema;
    if (typeof $ref !== 'string') return schema;
    const steps = $ref.replace('#/', '').split('/');
    return steps.reduce<unknown>((inside, step) => (inside as Schema)[step], this.#document) as Schema;
  }
}

function operationOf(path: string, method: string, raw: RawOperation): Operation {
  return {
    operationId: raw.operationId,
    method,
    path,
    routeKey: `${method} ${path}`,
    parameters: raw.parameters ?? [],
    body: raw.requestBody?.content['application/json'].schema,
    responses: raw.responses,
    needsToken: raw.security.length > 0,
    isForAdmins: raw.responses['403'] !== undefined,
    isForProvider: raw.parameters?.some(({ name }) => name === 'stripe-signature') ?? false,
  };
}

/** References lead into the document, wherever the schema is compiled. */
function absolute(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(absolute);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === '$ref' && typeof inner === 'string' ? `api${inner}` : absolute(inner),
    ]),
  );
}
