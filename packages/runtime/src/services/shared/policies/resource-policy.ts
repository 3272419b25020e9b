import { compileWildcard } from '../patterns/wildcard.ts';

/** A request as a resource's policy sees it. */
export interface PolicyRequest {
  /** E.g. `sqs:SendMessage`. */
  readonly action: string;
  /** ARN of the resource that has the policy. */
  readonly resource: string;
  readonly caller: ServiceCaller | AccountCaller;
}

/** An AWS service on behalf of a resource. */
export interface ServiceCaller {
  /** E.g. `events.amazonaws.com`. */
  readonly service: string;
  readonly sourceArn: string;
  readonly accountId: string;
}

/** A program with credentials of the resource's own account, whose identity lets it do everything. */
export interface AccountCaller {
  readonly accountId: string;
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

/**
 * The part of IAM's policy evaluation that decides about a request to a resource ("Policy evaluation logic", IAM user
 * guide): a service needs an Allow and no Deny; a caller of the account needs no Deny. What a statement says and this
 * does not know counts against the caller: it meets no Allow and every Deny.
 * @param policyJson without one no service is allowed.
 */
export function policyAllows(policyJson: string | undefined, request: PolicyRequest): boolean {
  const statements = policyJson ? statementsOf(policyJson) : [];
  const matching = (effect: 'Allow' | 'Deny'): boolean =>
    statements.some((statement) => statement.Effect === effect && statementMatches(statement, effect, request));
  return (!('service' in request.caller) || matching('Allow')) && !matching('Deny');
}

/** Asked for every event and hardly ever new; as many entries as there are policies. */
const parsedPolicies = new Map<string, readonly Statement[]>();

function statementsOf(policyJson: string): readonly Statement[] {
  let statements = parsedPolicies.get(policyJson);
  if (!statements) {
    const policy = JSON.parse(policyJson) as { Statement?: Statement | Statement[] };
    statements = listOf(policy.Statement) as Statement[];
    parsedPolicies.set(policyJson, statements);
  }
  return statements;
}

const KNOWN_ELEMENTS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'];

function statementMatches(statement: Statement, effect: 'Allow' | 'Deny', request: PolicyRequest): boolean {
  const isUnderstood = Object.keys(statement).every((element) => KNOWN_ELEMENTS.includes(element));
  if (!isUnderstood) return effect === 'Deny';
  const action = request.action.toLowerCase();
  return (
    principalMatches(statement.Principal, request.caller) &&
    listOf(statement.Action).some((pattern) => isLike(String(pattern).toLowerCase(), action)) &&
    listOf(statement.Resource ?? '*').some((pattern) => isLike(String(pattern), request.resource)) &&
    conditionsMatch(statement.Condition, effect, request.caller)
  );
}

function principalMatches(principal: unknown, caller: PolicyRequest['caller']): boolean {
  if (principal === '*') return true;
  const named = (principal ?? {}) as { Service?: unknown; AWS?: unknown };
  if (listOf(named.AWS).includes('*')) return true;
  if ('service' in caller) return listOf(named.Service).includes(caller.service);
  return listOf(named.AWS).some((id) => id === caller.accountId || id === `arn:aws:iam::${caller.accountId}:root`);
}

function conditionsMatch(condition: unknown, effect: 'Allow' | 'Deny', caller: PolicyRequest['caller']): boolean {
  const context: Readonly<Record<string, string>> = {
    ...('service' in caller && { 'aws:sourcearn': caller.sourceArn, 'aws:sourceaccount': caller.accountId }),
    'aws:sourceowner': caller.accountId,
    'aws:securetransport': 'true', // services call each other over TLS, and a client of AWS would too
  };
  const conditions = Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>);
  return conditions.every(([operator, tests]) =>
    Object.entries(tests).every(([key, expected]) => {
      const values = listOf(expected).map(String);
      return conditionHolds(operator, values, context[key.toLowerCase()]) ?? effect === 'Deny';
    }),
  );
}

type Comparison = (expected: string, actual: string) => boolean;

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['ArnEquals', isLike], // IAM: ArnEquals and ArnLike behave the same
  ['ArnLike', isLike],
  ['StringLike', isLike],
  ['StringEquals', (expected, actual) => expected === actual],
  ['StringEqualsIgnoreCase', (expected, actual) => expected.toLowerCase() === actual.toLowerCase()],
  ['Bool', (expected, actual) => expected.toLowerCase() === actual],
]);

/** Undefined for an operator that is not known. A key that the request does not have meets negations only. */
function conditionHolds(operator: string, expected: readonly string[], actual: string | undefined) {
  const positive = operator.replace(/IfExists$/, '');
  const comparison = COMPARISONS.get(positive.replace(/^(Arn|String)Not/, '$1'));
  if (!comparison) return undefined;
  const isNegated = /^(Arn|String)Not/.test(positive);
  if (actual === undefined) return isNegated || operator.endsWith('IfExists');
  return expected.some((value) => comparison(value, actual)) !== isNegated;
}

function isLike(pattern: string, text: string): boolean {
  return compileWildcard(pattern.split('*'), { anyCharacter: '?' })(text);
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
