/**
 * The part of IAM policy evaluation that decides whether an AWS service may send to a queue: principals, actions,
 * and conditions on aws:SourceArn, aws:SourceAccount and aws:SecureTransport. A condition that it does not know is
 * taken as not met, so that an Allow does not reach further than it would on AWS.
 */
export interface ServiceCaller {
  /** E.g. `events.amazonaws.com`. */
  readonly service: string;
  readonly sourceArn: string;
  readonly accountId: string;
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Condition?: unknown;
}

/** @param policyJson the queue's Policy attribute; without one no service may send, as on AWS. */
export function policyAllowsSend(policyJson: string | undefined, caller: ServiceCaller): boolean {
  if (!policyJson) return false;
  const matching = statementsOf(policyJson).filter((statement) => statementMatches(statement, caller));
  return (
    matching.some((statement) => statement.Effect === 'Allow') &&
    !matching.some((statement) => statement.Effect === 'Deny')
  );
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

function statementMatches(statement: Statement, caller: ServiceCaller): boolean {
  return (
    principalMatches(statement.Principal, caller.service) &&
    listOf(statement.Action).some((action) => like(String(action).toLowerCase(), 'sqs:sendmessage')) &&
    conditionsMatch(statement.Condition, caller)
  );
}

function principalMatches(principal: unknown, service: string): boolean {
  if (principal === '*') return true;
  const named = (principal ?? {}) as { Service?: unknown; AWS?: unknown };
  return listOf(named.Service).includes(service) || listOf(named.AWS).includes('*');
}

function conditionsMatch(condition: unknown, caller: ServiceCaller): boolean {
  const context: Readonly<Record<string, string>> = {
    'aws:sourcearn': caller.sourceArn,
    'aws:sourceaccount': caller.accountId,
    'aws:securetransport': 'true', // services call SQS over TLS
  };
  return Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>).every(([operator, tests]) =>
    Object.entries(tests).every(([key, expected]) => {
      const actual = context[key.toLowerCase()];
      return actual !== undefined && listOf(expected).some((value) => conditionHolds(operator, String(value), actual));
    }),
  );
}

function conditionHolds(operator: string, expected: string, actual: string): boolean {
  switch (operator) {
    case 'ArnEquals': // IAM: ArnEquals and ArnLike behave the same
    case 'ArnLike':
    case 'StringLike':
      return like(expected, actual);
    case 'StringEquals':
      return expected === actual;
    case 'Bool':
      return expected.toLowerCase() === actual;
    default:
      return false;
  }
}

function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(text);
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
