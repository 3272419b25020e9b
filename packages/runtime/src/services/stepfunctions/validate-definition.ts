import { createRequire } from 'node:module';
import { isRecord, InvalidDefinition, parseDefinition, type Finding, type Json } from '@order-workflow/states-language';
import { supportsResource } from './integrations.ts';

export interface Diagnostic extends Finding {
  readonly severity: 'ERROR' | 'WARNING';
}

/**
 * What is wrong with a definition: our own parser's findings, which decide whether it can run, and then what
 * asl-validator (the community's schema of the language) finds beyond them.
 */
export function validateDefinition(text: string): Diagnostic[] {
  try {
    parseDefinition(text, { supportsResource });
  } catch (error) {
    if (!(error instanceof InvalidDefinition)) throw error;
    return error.findings.map((finding) => ({ ...finding, severity: 'ERROR' }));
  }
  return schemaFindings(text);
}

interface ValidatorResult {
  readonly errors: readonly { readonly 'Error code': string; readonly Message: string }[];
}
const require = createRequire(import.meta.url);
let validator: ((definition: unknown, options: object) => ValidatorResult) | undefined;

function schemaFindings(text: string): Diagnostic[] {
  // Loaded late: it brings a JSON Schema compiler with it, which a start with known definitions does not need.
  validator ??= require('asl-validator') as NonNullable<typeof validator>;
  const { errors } = validator(withPlainTemplates(JSON.parse(text) as Json), { checkPaths: false, checkArn: false });
  return errors.map((error) => ({
    code: error['Error code'],
    message: error.Message,
    location: '',
    severity: 'ERROR',
  }));
}

/** Its schema refuses some templates that Step Functions takes (lists, several lines); the parser checked them. */
function withPlainTemplates(value: Json): Json {
  if (Array.isArray(value)) return value.map(withPlainTemplates);
  if (typeof value === 'string' && value.startsWith('{%')) return PLAIN;
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      isTemplateField(key, member) ? PLAIN : withPlainTemplates(member),
    ]),
  );
}

const PLAIN = '{% 1 %}';
const TEMPLATE_FIELDS = new Set(['Arguments', 'Output', 'Items', 'ItemSelector']);

/** States may bear the name of a field; they are objects with a Type. */
function isTemplateField(key: string, member: Json): boolean {
  return TEMPLATE_FIELDS.has(key) && !(isRecord(member) && 'Type' in member);
}
