import { expect, test } from 'vitest';
import { findEntries } from '../scripts/function-entries.ts';
import { ENVIRONMENTS } from './config.ts';
import { constructFileOf } from './testing/construct-files.ts';
import { liveCodeOf, namesIn } from './testing/function-code.ts';
import { listOf, statementsByRole } from './testing/permissions.ts';
import { synthesizedStack } from './testing/synthesized-stack.ts';
import { functionsOf } from './testing/template-functions.ts';

/** What a function's code asks of AWS is permitted to it. All that it may do is in function-permissions.test.ts. */

const dev = synthesizedStack(ENVIRONMENTS.dev);
const devStatements = statementsByRole(dev);
const functions = functionsOf(dev);

/** Requests that are in a function's code and that it never sends: it shares the code with others that do. */
const NEVER_SENT: Readonly<Record<string, readonly string[]>> = {
  'charge-payment': ['dynamodb:Query'],
  'compare-payment': ['dynamodb:Query'],
  'decide-parked-order': ['dynamodb:Query'],
  'payment-webhook': ['dynamodb:Query'],
  'follow-provider-events': ['dynamodb:Query'],
  'pay-order': ['dynamodb:Query'],
  'refund-payment': ['dynamodb:Query'],
  'refund-return': ['dynamodb:PutItem', 'dynamodb:Query'],
  'relay-outbox': ['dynamodb:Query', 'dynamodb:Scan'],
  'update-baskets': ['dynamodb:DeleteItem'],
};

const ofWorkflows = /\bnew (?:\w+\.)?((?:SendTask|Redrive|Start|Stop|Describe)\w+?)Command\d*\(/gu;
const ofTheBus = /\bnew (?:\w+\.)?(PutEvents)Command\d*\(/gu;
const ofItems = /\bnew (?:\w+\.)?((?:Batch)?(?:Get|Put|Update|Delete|Write))Command\d*\(/gu;
const ofTables = /\bnew (?:\w+\.)?(Query|Scan)Command\d*\(/gu;

/** What the requests in the code need; a transaction's items are not seen, they are what `transact` is given. */
function actionsIn(code: string): string[] {
  return [
    ...namesIn(code, ofWorkflows).map((name) => `states:${name}`),
    ...namesIn(code, ofTheBus).map((name) => `events:${name}`),
    ...namesIn(code, ofItems).map((name) => `dynamodb:${name}Item`),
    ...namesIn(code, ofTables).map((name) => `dynamodb:${name}`),
  ];
}

const sources = await findEntries('functions');

test.each(functions)(
  '$entry may send every request to a workflow, the bus or a table that is in its code',
  async ({ entry, role }) => {
    const allowed = new Set((devStatements.get(role) ?? []).flatMap(({ Action }) => listOf(Action)));
    const refused = actionsIn(await liveCodeOf(sources.get(entry) ?? '')).filter((action) => !allowed.has(action));
    const where = `what ${entry} may not do yet: allow it in ${constructFileOf(entry)}`;
    expect(refused.toSorted(), where).toEqual([...(NEVER_SENT[entry] ?? [])].toSorted());
  },
);

test.each(functions)('$entry may use every table whose name it is given', ({ entry, role, tables }) => {
  const resources = JSON.stringify((devStatements.get(role) ?? []).map(({ Resource }) => Resource));
  const closed = tables.filter((table) => !resources.includes(`"${table}"`));
  expect(closed, `tables that ${entry} has no permission for: grant it in ${constructFileOf(entry)}`).toEqual([]);
});
