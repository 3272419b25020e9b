import { isRecord, type Json, type JsonRecord } from './json.ts';
import { checkExpressions, NO_STATES_FIELDS, type Available } from './validation/check-expressions.ts';
import type { Finding } from './validation/finding.ts';
import { compileTemplate, isExpressionText, TemplateError, type Template } from './template.ts';

export type { Finding } from './validation/finding.ts';

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
    return this.schemaFault('Expected value of type [STRING]', field);
  }

  /** A text that `require` asks for. */
  requiredText(field: string): string {
    return this.text(field) ?? '';
  }

  /** Names the fields that are not there, all in one finding as AWS does. */
  require(...fields: string[]): void {
    const missing = fields.filter((field) => !Object.hasOwn(this.#source, field));
    if (missing.length > 0) this.schemaFault(`These fields are required: [${missing.join(', ')}]`);
  }

  number(field: string, range: NumberRange): number | undefined {
    const value = this.value(field);
    if (value === undefined) return undefined;
    return this.#isInRange(value, field, range) ? value : undefined;
  }

  /** A number in `range`, or an expression whose value is checked when it runs. */
  numberOrExpression(field: string, range: NumberRange): Template | undefined {
    const value = this.value(field);
    if (value !== undefined && !isExpressionText(value) && !this.#isInRange(value, field, range)) return undefined;
    return this.template(field);
  }

  #isInRange(value: Json, field: string, range: NumberRange): value is number {
    const { min, max = Number.POSITIVE_INFINITY, isWhole = true } = range;
    const isNumber = typeof value === 'number' && (!isWhole || Number.isInteger(value));
    if (isNumber && value >= min && value <= max) return true;
    if (!isNumber) this.schemaFault(`Expected value of type [${isWhole ? 'INTEGER' : 'NUMBER'}]`, field);
    else this.schemaFault(value < min ? `Minimum value is ${min}` : `Maximum value is ${max}`, field);
    return false;
  }

  /** @param available what `$states` has in this field, beside input and context. */
  template(field: string, available: Available = NO_STATES_FIELDS): Template | undefined {
    const value = this.value(field);
    if (value === undefined) return undefined;
    const faults = checkExpressions(value, `${this.path}/${field}`, available);
    this.#findings.push(...faults);
    if (faults.length > 0) return undefined;
    try {
      return compileTemplate(value, `${this.#place}${field}`);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      return this.fault('INVALID_JSONATA_EXPRESSION', error.message, field);
    }
  }

  /** A literal that passes `isLegal`, or an expression whose value is checked when it runs. @param expected the finding. */
  literalOrExpression(field: string, isLegal: (value: Json) => boolean, expected: string): Template | undefined {
    const value = this.value(field);
    if (value !== undefined && !isExpressionText(value) && !isLegal(value)) {
      return this.schemaFault(expected, field);
    }
    return this.template(field);
  }

  /** The objects of a list field, each with its own reader. */
  list(field: string): FieldReader[] {
    const value = this.value(field);
    if (value === undefined) return [];
    if (!Array.isArray(value) || !value.every(isRecord)) {
      this.schemaFault(Array.isArray(value) ? 'Expected a list of objects' : 'Expected value of type [ARRAY]', field);
      return [];
    }
    return value.map((entry: JsonRecord, index) => {
      const place = `${field}[${index}]`;
      return new FieldReader(entry, `${this.path}/${place}`, this.#findings, `${place}/`);
    });
  }

  /** As `list`, with at least one entry. A field that is not there is the matter of `require`. */
  filledList(field: string): FieldReader[] {
    const entries = this.list(field);
    const value = this.value(field);
    if (Array.isArray(value) && value.length === 0) this.schemaFault('Value cannot be empty', field);
    return entries;
  }

  /** Names every field that nobody asked for: fields of JSONPath, of other state types, and misspelt ones. */
  rejectOthers(): void {
    for (const field of Object.keys(this.#source)) {
      if (this.#read.has(field)) continue;
      if (JSONPATH_FIELDS.has(field)) {
        this.schemaFault(
          `The QueryLanguage is set to 'JSONata', but field '${field}' is only supported for the 'JSONPath' QueryLanguage`,
        );
      } else this.schemaFault(`Field '${field}' is not supported`);
    }
  }

  schemaFault(message: string, field?: string): undefined {
    return this.fault('SCHEMA_VALIDATION_FAILED', message, field);
  }

  fault(code: string, message: string, field?: string): undefined {
    const location = field === undefined ? this.path || '/' : `${this.path}/${field}`;
    this.#findings.push({ code, message, location });
    return undefined;
  }

  /** A finding about the definition as a whole. */
  faultAnywhere(code: string, message: string): void {
    this.#findings.push({ code, message });
  }
}

export interface NumberRange {
  readonly min: number;
  readonly max?: number;
  /** Default: true. */
  readonly isWhole?: boolean;
}

const JSONPATH_FIELDS = new Set(
  `InputPath OutputPath ResultPath ResultSelector Parameters Result ItemsPath MaxConcurrencyPath SecondsPath
  TimestampPath TimeoutSecondsPath HeartbeatSecondsPath ErrorPath CausePath Variable ToleratedFailureCountPath
  ToleratedFailurePercentagePath`.split(/\s+/),
);
