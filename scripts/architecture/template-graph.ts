/** Any part of a synthesized template: deep JSON without a schema of ours. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, Json>>;
}

/** A resource with its logical id. */
export interface Resource {
  readonly id: string;
  readonly properties: Readonly<Record<string, Json>>;
}

/** What a role permits, as far as its statements name resources of the template. */
export interface Permission {
  readonly action: string;
  /** Logical ids that the statement's resource leads to, and its literal text. */
  readonly resourceIds: readonly string[];
  readonly text: string;
}

/** Questions that a picture asks of a template. */
export class TemplateGraph {
  readonly #template: Template;

  constructor(template: Template) {
    this.#template = template;
  }

  /** By logical id, so that the order does not change with the construct tree's. */
  all(type: string): Resource[] {
    return Object.entries(this.#template.Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties = {} }]) => ({ id, properties: Properties }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  typeOf(id: string): string | undefined {
    return this.#template.Resources[id]?.Type;
  }

  /** The function or workflow of a version or an alias; other ids as they are. */
  unqualified(id: string): string {
    const { Type, Properties = {} } = this.#template.Resources[id] ?? {};
    if (!/::\w*(?:Version|Alias)$/u.test(Type ?? '') || Type === 'AWS::KMS::Alias') return id;
    const [of] = referencesIn(
      Properties['FunctionName'] ?? Properties['StateMachineArn'] ?? Properties['RoutingConfiguration'],
    );
    return of === undefined ? id : this.unqualified(of);
  }

  /** What the function's role permits. */
  permissionsOf(lambda: Resource): Permission[] {
    const [roleId] = referencesIn(lambda.properties['Role']);
    const role = this.all('AWS::IAM::Role').find(({ id }) => id === roleId);
    const policies = (role?.properties['Policies'] ?? []) as readonly { readonly PolicyDocument: Json }[];
    return policies.flatMap(({ PolicyDocument }) => permissionsIn(PolicyDocument));
  }
}

function permissionsIn(document: Json | undefined): Permission[] {
  const { Statement } = document as unknown as { Statement: { Action: string | string[]; Resource: Json }[] };
  return Statement.flatMap(({ Action, Resource }) =>
    [Action].flat().map((action) => ({
      action,
      resourceIds: referencesIn(Resource),
      text: JSON.stringify(Resource),
    })),
  );
}

/** Logical ids that an expression names; a version or an alias stands for its function or workflow. */
export function namedIn(value: Json | undefined, graph: TemplateGraph): string[] {
  return referencesIn(value).map((id) => graph.unqualified(id));
}

/** Logical ids that `Ref` and `Fn::GetAtt` name anywhere in a value, in order; pseudo parameters left out. */
export function referencesIn(value: Json | undefined): string[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  return Object.entries(value as Readonly<Record<string, Json>>).flatMap(([key, inner]) => {
    if (key === 'Ref') return String(inner).startsWith('AWS::') ? [] : [String(inner)];
    if (key === 'Fn::GetAtt') return [String((inner as readonly Json[])[0])];
    return referencesIn(inner);
  });
}

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A logical id as we wrote it: CDK ends it with a hash of its place. */
export function withoutHash(id: string): string {
  return id.replace(/[0-9A-F]{8}$/u, '');
}

/** `OrderingCheckoutWorkQueueAA607EF9` → `Ordering Checkout Work Queue`: words, without CDK's hash. */
export function wordsOf(id: string): string {
  return withoutHash(id).replaceAll(/(?<=[a-z0-9])(?=[A-Z])/gu, ' ');
}

/** The service that a resource belongs to: the first word of its id. Orders' queues and workflows have names of their own. */
export function groupOf(id: string): string {
  const [word = ''] = wordsOf(id).split(' ');
  return ['Order', 'Ordering'].includes(word) ? 'Orders' : word;
}
