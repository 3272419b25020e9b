import type { Template } from 'aws-cdk-lib/assertions';
import { listOf } from './permissions.ts';
import type { TemplateResource } from './synthesized-stack.ts';

/** A request as IAM sees it. Texts are as `resolved` gives them. */
export interface PolicyRequest {
  /** Service principal. */
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys with their values, e.g. `aws:SourceAccount`. */
  readonly context: Readonly<Record<string, string>>;
}

interface PolicyStatementText {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | { readonly Service?: string | string[]; readonly AWS?: string | string[] };
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::StackName': 'shop',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A template's value with its references as texts: `Ref X` is `X`, `GetAtt X.Arn` is `X.Arn`. */
export function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': getAtt, 'Fn::Join': join, 'Fn::Select': select } = value as Record<string, never>;
  if (typeof Ref === 'string') return PSEUDO_PARAMETERS[Ref] ?? Ref;
  if (getAtt !== undefined) return (getAtt as string[]).join('.');
  if (select !== undefined) return `part of ${JSON.stringify(resolved(select))}`;
  if (join !== undefined) return (resolved(join[1]) as string[]).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
}

/**
 * Whether a resource's policy by itself lets a service do something: one statement allows it and none denies it
 * (IAM user guide, "Policy evaluation logic").
 * @throws Error for a condition operator that it does not know.
 */
export function allows(policyDocument: unknown, request: PolicyRequest): boolean {
  const { Statement } = resolved(policyDocument) as { Statement: PolicyStatementText[] };
  const effects = Statement.filter((statement) => applies(statement, request)).map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

/** Whoever the statement is about, it is about this request too. */
function applies(statement: PolicyStatementText, { service, action, resource, context }: PolicyRequest): boolean {
  const conditions = Object.entries(statement.Condition ?? {});
  return (
    isPrincipal(statement.Principal, service) &&
    listOf(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
    listOf(statement.Resource).some((pattern) => matches(pattern, resource)) &&
    conditions.every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, listOf(values), context[key])),
    )
  );
}

function isPrincipal(principal: PolicyStatementText['Principal'], service: string): boolean {
  if (principal === '*') return true;
  return listOf(principal.AWS ?? []).includes('*') || listOf(principal.Service ?? []).includes(service);
}

/** A key that the request does not carry meets no condition. */
function holds(operator: string, values: readonly string[], actual: string | undefined): boolean {
  if (actual === undefined) return false;
  if (operator === 'StringEquals' || operator === 'Bool') return values.includes(actual);
  if (/^(Arn|String)Like$|^ArnEquals$/u.test(operator)) return values.some((pattern) => matches(pattern, actual));
  throw new Error(`A policy uses ${operator}: teach it to infra/testing/resource-policy.ts.`);
}

/** `*` stands for any characters, also none. */
function matches(pattern: string, text: string): boolean {
  return new RegExp(
    `^${pattern
      .split('*')
      .map((text) => RegExp.escape(text))
      .join('.*')}$`,
    'u',
  ).test(text);
}

/** The resource of a type whose `property` names `logicalId`, or a list with it. */
export function resourceAbout(template: Template, type: string, property: string, logicalId: string): TemplateResource {
  const found = Object.values(template.findResources(type) as Record<string, TemplateResource>).find(({ Properties }) =>
    listOf(resolved(Properties[property])).includes(logicalId),
  );
  if (found === undefined) throw new Error(`No ${type} names ${logicalId} as its ${property}.`);
  return found;
}
