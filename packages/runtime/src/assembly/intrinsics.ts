import { StartError } from '../runtime/start-error.ts';
import type { JsonObject } from '../endpoint/aws-api.ts';
import type { ResourceIdentity, StackIdentity } from './resource-type.ts';

/** What a template's expressions may refer to. */
export interface Scope {
  readonly stack: StackIdentity;
  readonly parameters: ReadonlyMap<string, unknown>;
  readonly mappings: Readonly<Record<string, Record<string, JsonObject>>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  /** Identities known so far, by logical id. */
  readonly identities: ReadonlyMap<string, ResourceIdentity>;
}

/** `{Ref: "AWS::NoValue"}`: the property or list item that holds it is left out. */
const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Resolves the intrinsic functions in a piece of a template.
 * Source: AWS CloudFormation template reference, "Intrinsic functions".
 * @throws StartError for a function that is unknown here, or a reference to nothing.
 */
export function resolve(value: unknown, scope: Scope): unknown {
  const resolved = resolveValue(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

/** @throws StartError when the condition, or one that it uses, is not declared. */
export function isConditionTrue(name: string, scope: Scope): boolean {
  if (!(name in scope.conditions)) throw invalid(`The condition ${name} is not declared.`);
  return resolveValue(scope.conditions[name], scope) === true;
}

function resolveValue(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolveValue(item, scope)).filter((item) => item !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only && entries.length === 1) {
    const [name, argument] = only;
    const intrinsic = Object.hasOwn(intrinsics, name) ? intrinsics[name] : undefined;
    if (intrinsic) return intrinsic(argument, scope);
    if (name.startsWith('Fn::')) throw invalid(`${name} is not supported.`);
  }
  return Object.fromEntries(
    entries.map(([key, item]) => [key, resolveValue(item, scope)]).filter(([, item]) => item !== NO_VALUE),
  );
}

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => reference(String(name), scope),
  // Elsewhere `{"Condition": …}` is a property of that name (in an IAM statement, say).
  Condition: (name, scope) =>
    typeof name === 'string' && name in scope.conditions
      ? isConditionTrue(name, scope)
      : { Condition: resolveValue(name, scope) },
  'Fn::GetAtt': (target, scope) => {
    const [logicalId = '', attribute = ''] = Array.isArray(target)
      ? (resolveValue(target, scope) as string[])
      : splitAtFirstDot(String(target));
    return attributeOf(logicalId, attribute, scope);
  },
  'Fn::Sub': (argument, scope) => {
    const [text, locals] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, JsonObject];
    return substitute(text, resolveValue(locals, scope) as JsonObject, scope);
  },
  'Fn::Join': (argument, scope) => {
    const [separator, list] = argumentList('Fn::Join', argument, scope, 2) as [string, unknown[]];
    return list.join(separator);
  },
  'Fn::Select': (argument, scope) => {
    const [index, list] = argumentList('Fn::Select', argument, scope, 2) as [number, unknown[]];
    const item = list[Number(index)];
    if (item === undefined) throw invalid(`Fn::Select asks for item ${index} of a list of ${list.length}.`);
    return item;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = argumentList('Fn::Split', argument, scope, 2) as [string, string];
    return text.split(separator);
  },
  'Fn::Base64': (text, scope) => Buffer.from(String(resolveValue(text, scope))).toString('base64'),
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = argumentList('Fn::FindInMap', argument, scope, 3) as [string, string, string];
    const found: unknown = scope.mappings[map]?.[first]?.[second];
    if (found === undefined) throw invalid(`Fn::FindInMap finds nothing at ${map}.${first}.${second}.`);
    return found;
  },
  'Fn::GetAZs': (_region, scope) => ['a', 'b', 'c'].map((zone) => scope.stack.region + zone),
  'Fn::ImportValue': (name, scope) => {
    throw invalid(
      `Fn::ImportValue of ${JSON.stringify(resolveValue(name, scope))}: exports of other stacks are not run.`,
    );
  },
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = argument as [string, unknown, unknown];
    return resolveValue(isConditionTrue(condition, scope) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = argumentList('Fn::Equals', argument, scope, 2);
    return JSON.stringify(left) === JSON.stringify(right);
  },
  'Fn::And': (argument, scope) => (argument as unknown[]).every((item) => resolveValue(item, scope) === true),
  'Fn::Or': (argument, scope) => (argument as unknown[]).some((item) => resolveValue(item, scope) === true),
  'Fn::Not': (argument, scope) => resolveValue((argument as unknown[])[0], scope) !== true,
};

function reference(name: string, scope: Scope): unknown {
  const { stack } = scope;
  switch (name) {
    case 'AWS::NoValue':
      return NO_VALUE;
    case 'AWS::Region':
      return stack.region;
    case 'AWS::AccountId':
      return stack.accountId;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stack.stackName;
    case 'AWS::StackId':
      return `arn:aws:cloudformation:${stack.region}:${stack.accountId}:stack/${stack.stackName}/embedded`;
    case 'AWS::NotificationARNs':
      return [];
    default:
      return scope.parameters.get(name) ?? identityOf(name, scope).ref;
  }
}

function identityOf(logicalId: string, scope: Scope): ResourceIdentity {
  const identity = scope.identities.get(logicalId);
  if (!identity) throw invalid(`${logicalId} is referred to, but the template has no such parameter or resource.`);
  return identity;
}

function attributeOf(logicalId: string, attribute: string, scope: Scope): string {
  const value = identityOf(logicalId, scope).attributes[attribute];
  if (value === undefined)
    throw invalid(`Fn::GetAtt ${logicalId}.${attribute}: no such attribute in the embedded runtime.`);
  return value;
}

function substitute(text: string, locals: JsonObject, scope: Scope): string {
  return text.replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(locals, name)) return String(locals[name]);
    const [logicalId, attribute] = splitAtFirstDot(name);
    return String(attribute ? attributeOf(logicalId, attribute, scope) : reference(name, scope));
  });
}

function argumentList(name: string, argument: unknown, scope: Scope, length: number): unknown[] {
  const list = resolveValue(argument, scope);
  if (!Array.isArray(list) || list.length < length) throw invalid(`${name} needs a list of ${length}.`);
  return list;
}

function splitAtFirstDot(text: string): [string, string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

function invalid(message: string): StartError {
  return new StartError('TEMPLATE_INVALID', message);
}
