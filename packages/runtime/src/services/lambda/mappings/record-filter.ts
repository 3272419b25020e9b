import { compileEventPattern } from '../../shared/patterns/event-pattern.ts';

export type RecordFilter = (record: unknown) => boolean;

/**
 * `FilterCriteria` of a mapping: a record passes when one pattern matches. Undefined without patterns.
 * A stream's numbers are strings in DynamoDB-typed JSON, so that numeric filters never match there, as in AWS.
 * @throws AwsError InvalidEventPatternException.
 */
export function recordFilter(patterns: readonly string[]): RecordFilter | undefined {
  if (patterns.length === 0) return undefined;
  const compiled = patterns.map(compileEventPattern);
  return (record) => compiled.some((pattern) => pattern.matches(record));
}

/** A queue's message as filters see it: a body that is JSON is matched by its fields, any other by its text. */
export function filterableMessage<T extends { readonly body: string }>(message: T): object {
  return { ...message, body: parsedOr(message.body) };
}

function parsedOr(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : text;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
