import { describe, expect, test } from 'vitest';
import { ENVIRONMENTS } from './config.ts';
import { RestoredTables } from './restored-tables.ts';
import { TABLE_SCHEMAS } from './table-schemas.ts';
import { resourcesOf, synthesizedStack } from './testing/synthesized-stack.ts';

const SET = 'r20261128t130500z';
const STREAM = `arn:aws:dynamodb:eu-central-1:111122223333:table/shop-Outbox-${SET}/stream/2026-11-28T13:20:00.000`;
const TABLES = Object.keys(TABLE_SCHEMAS);

const restored = RestoredTables.from(SET, STREAM)!;
const [before, after] = [synthesizedStack(ENVIRONMENTS.prod), synthesizedStack(ENVIRONMENTS.prod, { restored })];
/** Everything but the tables themselves, and the names of the restored ones in it. */
const users = JSON.stringify(
  Object.values(after.toJSON().Resources as Record<string, { Type: string }>).filter(
    ({ Type }) => Type !== 'AWS::DynamoDB::GlobalTable',
  ),
);
const outputs = JSON.stringify(after.toJSON().Outputs);

describe('a stack that works with restored tables', () => {
  test.each(TABLES)(
    'means the restored %s in functions, permissions, alarms and outputs, and never its own',
    (table) => {
      for (const text of [users, outputs]) {
        expect(text).toContain(`-${table}-${SET}`);
        expect(text).not.toContain(`"${table}Table"`);
      }
    },
  );

  test('reads the restored stream, by both mappings and by permission', () => {
    const sources = Object.values(resourcesOf(after, 'AWS::Lambda::EventSourceMapping')).map(
      ({ Properties }) => Properties.EventSourceArn as unknown,
    );
    expect(sources.filter((source) => source === STREAM)).toHaveLength(2);
    expect(JSON.stringify(sources)).not.toContain('StreamArn');
    const roles = Object.values(resourcesOf(after, 'AWS::IAM::Role'));
    expect(roles.filter((role) => JSON.stringify(role).includes(STREAM))).toHaveLength(1);
  });

  test('keeps its own tables as they are', () => {
    const type = 'AWS::DynamoDB::GlobalTable';
    expect(resourcesOf(after, type)).toEqual(resourcesOf(before, type));
  });

  test('publishes a version of every function that works with a table, or nobody would call the new code', () => {
    const versionsOf = (template: typeof after): Record<string, string> =>
      Object.fromEntries(
        Object.entries(resourcesOf(template, 'AWS::Lambda::Version')).map(([id, { Properties }]) => [
          String(Properties.FunctionName.Ref),
          id,
        ]),
      );
    const [old, fresh] = [versionsOf(before), versionsOf(after)];
    const worksWithTable = Object.entries(resourcesOf(after, 'AWS::Lambda::Function')).filter(([, { Properties }]) =>
      Object.keys(Properties.Environment.Variables as object).some((name) => name.endsWith('_TABLE')),
    );
    expect(worksWithTable.length).toBeGreaterThan(20);
    for (const [id] of worksWithTable) expect(fresh[id]).not.toBe(old[id]);
  });

  test('moves to them at once: what works with lost tables gets no share, and no alarm takes it back', () => {
    expect(Object.keys(resourcesOf(before, 'AWS::CodeDeploy::DeploymentGroup')).length).toBeGreaterThan(0);
    expect(resourcesOf(after, 'AWS::CodeDeploy::DeploymentGroup')).toEqual({});
    for (const { Properties } of Object.values(resourcesOf(after, 'AWS::StepFunctions::StateMachineAlias'))) {
      expect(Properties.DeploymentPreference).toBeUndefined();
    }
  });
});

test('nothing is restored unless it is said', () => {
  expect(RestoredTables.from(undefined, undefined)).toBeUndefined();
});

test.each([
  ['the set alone', SET, undefined, 'belong together'],
  ['the stream alone', undefined, STREAM, 'belong together'],
  ['an empty set', '', STREAM, 'expected a name such as r20260115t090000z'],
  ['a set of another form', 'monday', STREAM, 'got monday'],
  [
    'a table instead of its stream',
    SET,
    STREAM.replace(/\/stream.*/, ''),
    'expected the ARN of a table’s stream'.replace('’', "'"),
  ],
  ['a stream of something else', SET, STREAM.replace('dynamodb', 'kinesis'), 'got arn:aws:kinesis'],
])('%s is refused', (_case, set, stream, complaint) => {
  expect(() => RestoredTables.from(set, stream)).toThrow(complaint);
});
