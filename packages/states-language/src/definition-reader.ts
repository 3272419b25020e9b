import { isRecord, type Json, type JsonRecord } from './json.ts';
import { compileTemplate, isExpressionText, TemplateError, type Template } from './template.ts';

/** One thing wrong with a definition, as ValidateStateMachineDefinition reports it. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  /** JSON pointer, e.g. `/States/Charge card/Next`. */
  readonly location: string;
}

/** Reads the fields of one object of a definition and notes what is wrong, without stopping at the first fault. */
export class FieldReader {
  readonly path: string;
  /** Where this object stands in its state, for the causes of evaluation errors: `` or `Catch[0]/`. */
  readonly #place: string;
  readonly #source: JsonRecord;
  readonly #findings: Finding[];
  readonly #read = new Set<string>(['Comment']);

  constructor(source: JsonRecord, path: string, findings: Finding[], place = '') {
    this.#place = place;
    this.#source = source;
    this.path = path;
    this.#findings = findings;
  }

  /** A reader for an object below this one. */
  inner(source: JsonRecord, path: string): FieldReader {
    return new FieldReader(source, `${this.path}/${path}`, this.#findings);
  }

  value(field: string): Json | undefined {
    this.#read.add(field);
    return Object.hasOwn(this.#source, field) ? this.#source[field] : undefined;
  }

  text(field: string): string | undefined {
    const value = this.value(field);
    if (value === undefined || typeof value === 'string') return value;
    return this.fault('SCHEMA_VALIDATION_FAILED', `${field} must be a string`, field);
  }

  requiredText(field: string): string {
    const value = this.text(field);
    if (value === undefined) this.fault('MISSING_FIELD', `${field} is required`);
    return value ?? '';
  }

  number(field: string, atLeast: number, options: { readonly whole: boolean }): number | undefined {
    const value = this.value(field);
    if (value === undefined) return undefined;
    const isLegal = typeof value === 'number' && value >= atLeast && (!options.whole || Number.isInteger(value));
    if (isLegal) return value;
    return this.fault(
      'SCHEMA_VALIDATION_FAILED',
      `${field} must be ${options.whole ? 'an integer' : 'a number'} of at least ${atLeast}`,
      field,
    );
  }

  template(field: string): Template | undefined {
    const value = this.value(field);
    if (value === undefined) return undefined;
    try {
      return compileTemplate(value, `${this.#place}${field}`);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return this.fault('INVALID_JSONATA_EXPRESSION', error.message, field);
    }
  }

  /** A literal that passes `isLegal`, or an expression whose value is checked when it runs. */
  literalOrExpression(field: string, isLegal: (value: Json) => boolean, expected: string): Template | undefined {
    const value = this.value(field);
    if (value !== undefined && !isExpressionText(value) && !isLegal(value)) {
      return this.fault('SCHEMA_VALIDATION_FAILED', `${field} must be ${expected} or a JSONata expression`, field);
    }
    return this.template(field);
  }

  /** The objects of a list field, each with its own reader. */
  list(field: string): FieldReader[] {
    const value = this.value(field);
    if (value === undefined) return [];
    if (!Array.isArray(value) || !value.every(isRecord)) {
      this.fault('SCHEMA_VALIDATION_FAILED', `${field} must be a list of objects`, field);
      return [];
    }
    return value.map((entry: JsonRecord, index) => {
      const place = `${field}[${index}]`;
      return new FieldReader(entry, `${this.path}/${place}`, this.#findings, `${place}/`);
    });
  }

  /** Names every field that nobody asked for: fields of JSONPath, of other state types, and misspelt ones. */
  rejectOthers(what: string): void {
    for (const field of Object.keys(this.#source)) {
      if (!this.#read.has(field))
        this.fault('UNSUPPORTED_FIELD', `${what} does not support the field '${field}'`, field);
    }
  }

  fault(code: string, message: string, field?: string): undefined {
    this.#findings.push({ code, message, location: field === undefined ? this.path : `${this.path}/${field}` });
    return undefined;
  }
}
