import type { Template } from 'aws-cdk-lib/assertions';
import { resourcesOf } from './synthesized-stack.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** Statements of every inline policy, by the logical id of its role: those in the role, and those beside it. */
export function statementsByRole(template: Template): Map<string, Statement[]> {
  const byRole = new Map<string, Statement[]>();
  const add = (role: string, { Statement }: { Statement: Statement[] }): void =>
    void byRole.set(role, [...(byRole.get(role) ?? []), ...Statement]);
  for (const [role, { Properties }] of Object.entries(resourcesOf(template, 'AWS::IAM::Role'))) {
    for (const { PolicyDocument } of Properties.Policies ?? []) add(role, PolicyDocument);
  }
  for (const { Properties } of Object.values(resourcesOf(template, 'AWS::IAM::Policy'))) {
    for (const { Ref } of Properties.Roles as { Ref: string }[]) add(Ref, Properties.PolicyDocument);
  }
  return byRole;
}

export function listOf<T>(oneOrMany: T | T[]): T[] {
  return Array.isArray(oneOrMany) ? oneOrMany : [oneOrMany];
}

/** `<resource>: <service>:<Action> ...` lines, sorted: what a role may do, readable in a test. */
export function permissionLines(statements: readonly Statement[]): string[] {
  const actionsByResource = new Map<string, Set<string>>();
  for (const { Action, Resource } of statements) {
    for (const resource of listOf(Resource).map(nameOfResource)) {
      const actions = actionsByResource.get(resource) ?? new Set();
      actionsByResource.set(resource, new Set([...actions, ...listOf(Action)]));
    }
  }
  return [...actionsByResource]
    .map(([resource, actions]) => `${resource}: ${[...actions].toSorted().join(' ')}`)
    .toSorted();
}

/** The logical id that a resource expression leads to, with what is added to it: `OrdersTable`, `OutboxTable/index/X`. */
function nameOfResource(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const expression = resource as Record<string, unknown>;
  if (typeof expression['Ref'] === 'string') return withoutHash(expression['Ref']);
  if (Array.isArray(expression['Fn::GetAtt'])) {
    const [logicalId, attribute] = expression['Fn::GetAtt'] as [string, string];
    return attribute === 'Arn' ? withoutHash(logicalId) : `${withoutHash(logicalId)}.${attribute}`;
  }
  if (Array.isArray(expression['Fn::Select'])) return `part of ${nameOfResource(splitText(expression['Fn::Select']))}`;
  const parts = (expression['Fn::Join'] as [string, unknown[]])[1];
  return parts
    .map(nameOfResource)
    .join('')
    .replace(/^arn:AWS::Partition:(\w+):AWS::Region:AWS::AccountId:/u, '$1:');
}

/** What `Fn::Select` takes a part of, where that is a text which `Fn::Split` splits. */
function splitText([, list]: unknown[]): unknown {
  return (list as { 'Fn::Split': [string, unknown] })['Fn::Split'][1];
}

function withoutHash(logicalId: string): string {
  return logicalId.replace(/[0-9A-F]{8}$/u, '');
}
