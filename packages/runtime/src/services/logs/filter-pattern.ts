import { AwsError } from '../shared/aws-error.ts';
import { compileWildcard } from '../shared/patterns/wildcard.ts';

/**
 * A filter pattern of CloudWatch Logs as a test on messages: terms (all of them; `?a ?b`: any; `-a`: not) and JSON
 * selectors such as `{ $.level = "ERROR" && $.count > 3 }`.
 * @throws AwsError InvalidParameterException for other patterns.
 */
export function compileFilterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return jsonFilter(text);
  if (text.startsWith('[') || text.startsWith('%')) throw invalid(pattern);
  return termFilter(text);
}

function termFilter(text: string): (message: string) => boolean {
  const terms = [...text.matchAll(/([?-]?)(?:"([^"]*)"|(\S+))/g)].map(([, sign, quoted, bare]) => ({
    sign,
    term: quoted ?? bare ?? '',
  }));
  const required = terms.filter(({ sign }) => sign === '');
  const excluded = terms.filter(({ sign }) => sign === '-');
  const optional = terms.filter(({ sign }) => sign === '?');
  return (message) =>
    required.every(({ term }) => message.includes(term)) &&
    !excluded.some(({ term }) => message.includes(term)) &&
    (optional.length === 0 || required.length > 0 || optional.some(({ term }) => message.includes(term)));
}

interface Condition {
  readonly path: readonly string[];
  readonly operator: string;
  readonly value: string | number | boolean;
}

const CONDITION = /^\$((?:\.[\w-]+|\["[^"]+"\])+)\s*(=|!=|>=|<=|>|<)\s*("[^"]*"|[\w*.:-]+)$/;

function jsonFilter(text: string): (message: string) => boolean {
  const inner = /^\{(.*)\}$/s.exec(text)?.[1] ?? '';
  const any = inner.includes('||');
  if (any && inner.includes('&&')) throw invalid(text);
  const conditions = inner.split(any ? '||' : '&&').map((part) => parseCondition(part.trim(), text));
  return (message) => {
    const document = parse(message);
    if (document === undefined) return false;
    const holds = (condition: Condition): boolean => compare(valueAt(document, condition.path), condition);
    return any ? conditions.some(holds) : conditions.every(holds);
  };
}

function parseCondition(part: string, pattern: string): Condition {
  const [, path, operator, raw] = CONDITION.exec(part) ?? [];
  if (path === undefined || operator === undefined || raw === undefined) throw invalid(pattern);
  const steps = [...path.matchAll(/\.([\w-]+)|\["([^"]+)"\]/g)].map(([, name, quoted]) => name ?? quoted ?? '');
  return { path: steps, operator, value: literal(raw) };
}

function literal(raw: string): string | number | boolean {
  if (raw.startsWith('"')) return raw.slice(1, -1);
  if (/^-?\d+(\.\d+)?$/.test(raw)) return Number(raw);
  return raw === 'true' || raw === 'false' ? raw === 'true' : raw;
}

function compare(actual: unknown, { operator, value }: Condition): boolean {
  if (operator === '=' || operator === '!=') {
    return (typeof value === 'string' ? matchesText(actual, value) : actual === value) === (operator === '=');
  }
  if (typeof actual !== 'number' || typeof value !== 'number') return false;
  if (operator === '>') return actual > value;
  if (operator === '<') return actual < value;
  return operator === '>=' ? actual >= value : actual <= value;
}

/** `*` stands for any text. */
function matchesText(actual: unknown, wanted: string): boolean {
  if (actual === undefined || actual === null || typeof actual === 'object') return false;
  return compileWildcard(wanted.split('*'))(String(actual));
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function invalid(pattern: string): AwsError {
  return new AwsError('InvalidParameterException', `The filter pattern ${pattern} is not understood here.`);
}
