import type jsonata from 'jsonata';

/** What a parsed expression consists of, as far as it is read here: JSONata's types name only a part of it. */
export interface AstNode extends Omit<jsonata.ExprNode, 'type'> {
  readonly type: jsonata.ExprNode['type'] | 'apply' | 'bind' | 'path' | 'regex' | 'sort';
  readonly [member: string]: unknown;
}

/** Functions whose cost and result grow no faster than what they are given. */
const LINEAR_FUNCTIONS = new Set(
  `abs append assert average base64decode base64encode boolean ceil contains count each encodeUrl encodeUrlComponent
  decodeUrl decodeUrlComponent error exists filter floor formatBase fromMillis hash join keys length lookup lowercase
  map max merge millis min not now number parse power random reverse round sift single sort split spread sqrt string
  substring substringAfter substringBefore sum toMillis trim type uppercase uuid zip`.split(/\s+/),
);
const TAKES_A_FUNCTION = new Set(['each', 'filter', 'map', 'sift', 'single', 'sort']);
/** Parts that can repeat or multiply work without bound, or that are rare enough to be treated so. */
const UNBOUNDED_TYPES = new Set(['bind', 'descendant', 'parent', 'partial', 'regex', 'transform']);
const MAX_LITERAL_RANGE = 1000;
/** What stands in a step and multiplies a value's size: `x.{"a":$,"b":$}` doubles it, and once more for each more. */
const MAX_MULTIPLIERS_IN_CONTEXT = 1;
/** Functions whose result may be some times as long as what they are given, so that nesting them multiplies it. */
const GROWING_FUNCTIONS = new Set([
  'append',
  'base64encode',
  'encodeUrl',
  'encodeUrlComponent',
  'join',
  'string',
  'zip',
]);
const MAX_GROWING_CALLS = 4;
/** A second argument makes a regular expression of the caller's text. */
const PICTURE_FUNCTIONS = new Set(['toMillis', 'fromMillis', 'now']);

/**
 * Whether an expression's cost follows from the size of what it reads: no recursion, no regular expression, no text or
 * list of a length that it computes, no value that doubles from step to step. What loops over its input step by step
 * is bounded by JSONata's own time guard.
 */
export function hasBoundedCost(ast: AstNode): boolean {
  return new CostCheck().isBounded(ast, false);
}

class CostCheck {
  #multipliers = 0;
  #growingCalls = 0;

  /** @param isInContext whether the node is evaluated for each value of a step, or for each call of a function. */
  isBounded(node: AstNode, isInContext: boolean): boolean {
    if (UNBOUNDED_TYPES.has(node.type) || node['tuple'] || node['focus'] || node['index']) return false;
    if (isInContext && isMultiplier(node)) this.#multipliers += 1;
    if (node['group']) this.#multipliers += 1;
    if (this.#multipliers > MAX_MULTIPLIERS_IN_CONTEXT) return false;
    const { predicate, stages, group, ...own } = node;
    const perValue = nodesIn([predicate, stages, group]);
    return this.#isBoundedItself(own as AstNode, isInContext) && this.#areBounded(perValue, true);
  }

  #isBoundedItself(node: AstNode, isInContext: boolean): boolean {
    switch (node.type) {
      case 'lambda': // Only the one that JSONata itself puts around a call at the end of a function.
        return Boolean(node['thunk']) && this.#areBounded(childrenOf(node), isInContext);
      case 'function':
        return this.#isBoundedCall(node, isInContext);
      case 'binary':
        return node['value'] === '..' ? isShortRange(node) : this.#areBounded(childrenOf(node), isInContext);
      case 'path': {
        const [first, ...others] = (node.steps ?? []) as AstNode[];
        return (!first || this.isBounded(first, isInContext)) && this.#areBounded(others, true);
      }
      default:
        return this.#areBounded(childrenOf(node), isInContext);
    }
  }

  #isBoundedCall(node: AstNode, isInContext: boolean): boolean {
    const procedure = node.procedure as AstNode;
    const name = procedure.type === 'variable' ? String(procedure['value']) : '';
    const given = node.arguments as AstNode[];
    if (!LINEAR_FUNCTIONS.has(name)) return false;
    if (PICTURE_FUNCTIONS.has(name) && given.length > 1) return false;
    if (GROWING_FUNCTIONS.has(name)) this.#growingCalls += 1;
    if (this.#growingCalls > MAX_GROWING_CALLS) return false;
    return given.every((argument) => {
      const isFunction = TAKES_A_FUNCTION.has(name) && argument.type === 'lambda';
      return isFunction ? this.isBounded(argument['body'] as AstNode, true) : this.isBounded(argument, isInContext);
    });
  }

  #areBounded(nodes: readonly AstNode[], isInContext: boolean): boolean {
    return nodes.every((node) => this.isBounded(node, isInContext));
  }
}

/** An object, a list, or a text of two parts that are computed. */
function isMultiplier({ type, value, lhs, rhs }: AstNode): boolean {
  if (type === 'unary') return value !== '-';
  return type === 'binary' && value === '&' && ![lhs, rhs].some((side) => (side as AstNode).type === 'string');
}

function isShortRange({ lhs, rhs }: AstNode): boolean {
  const [first, last] = [lhs, rhs] as AstNode[];
  if (first?.type !== 'number' || last?.type !== 'number') return false;
  return Number(last['value']) - Number(first['value']) < MAX_LITERAL_RANGE;
}

/** Nodes directly below this one, whatever member they stand in. */
function childrenOf(node: AstNode): AstNode[] {
  return Object.values(node).flatMap(nodesIn);
}

/** Nodes that stand in a value, but not below one another. */
export function nodesIn(value: unknown): AstNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return [];
  if (typeof (value as { type?: unknown }).type === 'string') return [value as AstNode];
  return Object.values(value).flatMap(nodesIn);
}
