import { nodesIn, type AstNode } from '../evaluation/bounded-cost.ts';

/** What an expression refers to outside itself. */
export interface ExpressionReferences {
  /** Names that are read from the input document, which Step Functions does not give; `$` for the document itself. */
  readonly document: readonly string[];
  /** Whether `$$` stands somewhere. */
  readonly hasRoot: boolean;
  /** Fields read of `$states`, e.g. `result`. */
  readonly statesFields: readonly string[];
  /** Variables that it does not bind itself, without `$states` and functions that it calls. */
  readonly variables: readonly string[];
}

/**
 * Follows an expression's names to where they are bound. Only the first step of a path is read from where the path
 * stands; later steps, filters, order and groups are read from the value before them. The body of a function is read
 * from where the function stands. (Measured on AWS: github.com/floci-io/floci, issue 2670.)
 */
export function expressionReferences(ast: AstNode): ExpressionReferences {
  const walk = new ReferenceWalk();
  walk.node(ast, { isOnDocument: true, bound: new Set() });
  const { document, statesFields, variables, hasRoot } = walk;
  return { document: [...document], statesFields: [...statesFields], variables: [...variables], hasRoot };
}

interface Place {
  /** Whether names are read from the input document here. */
  readonly isOnDocument: boolean;
  readonly bound: ReadonlySet<string>;
}

class ReferenceWalk {
  readonly document = new Set<string>();
  readonly statesFields = new Set<string>();
  readonly variables = new Set<string>();
  hasRoot = false;

  node(node: AstNode, place: Place): void {
    const { predicate, stages, group, ...own } = node;
    this.#own(own as AstNode, place);
    const bound = withNames(place.bound, namesOfStep(node));
    this.#all(nodesIn([predicate, stages, group]), { isOnDocument: false, bound });
  }

  #own(node: AstNode, place: Place): void {
    switch (node.type) {
      case 'name':
        if (place.isOnDocument) this.document.add(String(node['value']));
        return;
      case 'variable':
        return this.#variable(String(node['value']), place);
      case 'path':
        return this.#path(node, place);
      case 'block':
        return this.#block(node, place);
      case 'bind':
        return this.#bind(node, place);
      case 'lambda':
        return this.#lambda(node, place);
      case 'function':
      case 'partial':
        return this.#call(node, place);
      case 'transform': // Reads from what it is applied to.
        return this.#all(nodesIn(Object.values(node)), { ...place, isOnDocument: false });
      default:
        return this.#all(nodesIn(Object.values(node)), place);
    }
  }

  #path({ steps = [] }: AstNode, place: Place): void {
    const [first, second] = steps as AstNode[];
    const isStates = first?.type === 'variable' && first['value'] === 'states' && !place.bound.has('states');
    if (isStates && second?.type === 'name') this.statesFields.add(String(second['value']));
    let bound = place.bound;
    for (const [index, step] of (steps as AstNode[]).entries()) {
      this.node(step, { isOnDocument: place.isOnDocument && index === 0, bound });
      bound = withNames(bound, namesOfStep(step));
    }
  }

  #block({ expressions = [] }: AstNode, place: Place): void {
    let { bound } = place;
    for (const expression of expressions as AstNode[]) {
      this.node(expression, { ...place, bound });
      if (expression.type === 'bind') bound = withNames(bound, [(expression['lhs'] as AstNode)['value']]);
    }
  }

  /** A function may call itself by the name that it is bound to. */
  #bind(node: AstNode, place: Place): void {
    const bound = withNames(place.bound, [(node['lhs'] as AstNode)['value']]);
    this.node(node['rhs'] as AstNode, { ...place, bound });
  }

  #lambda(node: AstNode, place: Place): void {
    const parameters = (node.arguments ?? []).map((parameter) => (parameter as AstNode)['value']);
    this.node(node['body'] as AstNode, { ...place, bound: withNames(place.bound, parameters) });
  }

  #call(node: AstNode, place: Place): void {
    const procedure = node.procedure as AstNode;
    // A function of JSONata, or one that the expression binds: no variable of the workflow can be called.
    if (procedure.type !== 'variable') this.node(procedure, place);
    this.#all(nodesIn(node.arguments), place);
  }

  #variable(name: string, { isOnDocument, bound }: Place): void {
    if (name === '$') this.hasRoot = true;
    else if (name === '') {
      if (isOnDocument) this.document.add('$');
    } else if (name !== 'states' && !bound.has(name)) this.variables.add(name);
  }

  #all(nodes: readonly AstNode[], place: Place): void {
    for (const node of nodes) this.node(node, place);
  }
}

/** Names that a step binds for its filters and for later steps: `@$v`, and `#$i` in the step or among its stages. */
function namesOfStep(step: AstNode): unknown[] {
  const stages = (step['stages'] ?? []) as AstNode[];
  const indexes = stages.filter((stage) => (stage.type as string) === 'index').map((stage) => stage['value']);
  return [step['focus'], step['index'], ...indexes];
}

function withNames(bound: ReadonlySet<string>, names: readonly unknown[]): ReadonlySet<string> {
  const added = names.filter((name): name is string => typeof name === 'string');
  return added.length === 0 ? bound : new Set([...bound, ...added]);
}
