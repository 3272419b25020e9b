import { compileExpression, type Expression, type Scope } from './jsonata.ts';
import { isRecord, type Json } from './json.ts';

/**
 * A field that may hold JSONata: any JSON in which strings of the form `{% expression %}` are evaluated, at any
 * depth (Arguments, Output, Assign, ItemSelector …).
 */
export interface Template {
  /** The field's name and, where all of it is one expression, that expression; for causes. */
  readonly location?: string;
  readonly expression?: string | undefined;
  /** Answers at once when no part needs JSONata. @throws QueryEvaluationFailure, maybe through the promise. */
  evaluate(scope: Scope): Json | Promise<Json>;
}

/** A template with a string that is not a legal expression. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

export function isExpressionText(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}') && value.length >= 4;
}

/** The expression of a text for which `isExpressionText` holds. */
export function expressionOf(text: string): string {
  return text.slice(2, -2).trim();
}

/** @param location the field's name, as it stands in the causes of evaluation errors, e.g. `Output`. */
export function compileTemplate(source: Json, location: string): Template {
  const node = compileNode(source, location);
  const expression = node.kind === 'expression' ? node.expression.text : undefined;
  return { location, expression, evaluate: (scope) => evaluateNode(node, scope) };
}

type Node =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly location: string }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'record'; readonly members: readonly (readonly [string, Node])[] };

function compileNode(source: Json, location: string): Node {
  if (typeof source === 'string') return compileText(source, location);
  if (Array.isArray(source)) {
    const items = source.map((item: Json, index) => compileNode(item, `${location}[${index}]`));
    return items.every((item) => item.kind === 'literal')
      ? { kind: 'literal', value: source }
      : { kind: 'list', items };
  }
  if (!isRecord(source)) return { kind: 'literal', value: source };
  const members = Object.entries(source).map(
    ([key, member]) => [key, compileNode(member, `${location}/${key}`)] as const,
  );
  const isLiteral = members.every(([, member]) => member.kind === 'literal');
  return isLiteral ? { kind: 'literal', value: source } : { kind: 'record', members };
}

function compileText(text: string, location: string): Node {
  if (isExpressionText(text)) {
    try {
      return { kind: 'expression', expression: compileExpression(expressionOf(text)), location };
    } catch (error) {
      throw new TemplateError(`${location}: ${(error as Error).message}`, { cause: error });
    }
  }
  if (text.startsWith('{%') || text.endsWith('%}')) {
    throw new TemplateError(`${location}: a JSONata string must start with '{%' and end with '%}', was '${text}'`);
  }
  return { kind: 'literal', value: text };
}

function evaluateNode(node: Node, scope: Scope): Json | Promise<Json> {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'expression':
      return node.expression.evaluate(scope, node.location);
    case 'list':
      return gather([], node.items.entries(), scope);
    case 'record':
      return gather({}, node.members, scope);
  }
}

/** Fills `target` with the values of its members; a promise only when one of them is. */
function gather<Key extends string | number>(
  target: Record<Key, Json>,
  members: Iterable<readonly [Key, Node]>,
  scope: Scope,
): Json | Promise<Json> {
  const pending: Promise<void>[] = [];
  for (const [key, member] of members) {
    const value = evaluateNode(member, scope);
    if (!(value instanceof Promise)) {
      target[key] = value;
      continue;
    }
    target[key] = null; // keeps the members in the order of the template
    pending.push(value.then((settled) => void (target[key] = settled)));
  }
  return pending.length === 0 ? (target as Json) : Promise.all(pending).then(() => target as Json);
}
