/** Whatever a member holds, at any depth of a request: no answer is a failure of the runtime. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Template } from '../assembly/template.ts';
import type { AwsJsonApi, JsonObject } from '../endpoint/aws-api.ts';
import { startRuntime, type Runtime } from '../runtime/runtime.ts';
import { AwsError } from '../services/shared/aws-error.ts';
import { inputModel } from '../services/shared/models/input-model.ts';
import { writeMiniApp } from '../testing/mini-app.ts';
import { knownMembers } from './testing/known-members.ts';
import { oddInputs } from './testing/odd-inputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'odd-members-'));
const assemblyFolder = join(folder, 'cdk.out');
let runtime: Runtime;

beforeAll(async () => {
  await writeMiniApp(assemblyFolder, withPool);
  runtime = await startRuntime({ assemblyFolder, dataFolder: join(folder, 'data'), port: 0 });
});
afterAll(async () => {
  await runtime?.stop();
  rmSync(folder, { recursive: true });
});

function withPool({ Resources, ...template }: Template): Template {
  const UserPool = { Type: 'AWS::Cognito::UserPool', Properties: {} };
  const Client = { Type: 'AWS::Cognito::UserPoolClient', Properties: { UserPoolId: { Ref: 'UserPool' } } };
  const Secret = { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 'a', SecretString: 'x' } };
  const Group = { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'a' } };
  return { ...template, Resources: { ...Resources, UserPool, Client, Secret, Group } };
}

const PREFIXES = [
  'AmazonSQS',
  'AWSCognitoIdentityProviderService',
  'AWSEvents',
  'AWSStepFunctions',
  'GraniteServiceVersion20100801',
  'Logs_20140328',
  'secretsmanager',
];

test('every API is tried', () => {
  const served = jsonApis().map(({ targetPrefix }) => targetPrefix);
  expect(served.toSorted(), 'open PREFIXES in packages/runtime/src/conformance/odd-members.test.ts').toEqual(
    PREFIXES.toSorted(),
  );
});

test('every operation has a model', () => {
  const operations = jsonApis().flatMap((api) =>
    Object.keys(api.operations).map((name) => `${api.targetPrefix}.${name}`),
  );
  const missing = operations.filter((operation) => inputModel(operation) === undefined);
  expect(missing.map((operation) => `no model: npm run input-models -- ${operation}`)).toEqual([]);
});

test.each(PREFIXES)('%s answers each odd value, or refuses it as the client’s fault', async (targetPrefix) => {
  const api = jsonApis().find((candidate) => candidate.targetPrefix === targetPrefix);
  if (!api) throw new Error(`${targetPrefix} is not served.`);
  const failures: string[] = [];
  const known = knownMembers(runtime);
  for (const name of namesOf(api)) {
    const model = inputModel(`${targetPrefix}.${name}`);
    if (!model) throw new Error(`${name} has no model.`);
    for (const { at, input } of oddInputs(model, known)) {
      const failure = await failureOf(api, name, input);
      if (failure !== undefined) failures.push(`${name}, ${at}: ${failure}`);
    }
  }
  expect(failures).toEqual([]);
});

test.each([
  ['scheduler.CreateSchedule', 'POST', '/schedules/a'],
  ['scheduler.UpdateSchedule', 'PUT', '/schedules/a'],
  ['ses.CreateEmailIdentity', 'POST', '/v2/email/identities'],
  ['ses.SendEmail', 'POST', '/v2/email/outbound-emails'],
  ['lambda.PutFunctionConcurrency', 'PUT', '/2017-10-31/functions/x/concurrency'],
  ['lambda.UpdateEventSourceMapping', 'PUT', '/2015-03-31/event-source-mappings/$InboxWorker'],
])('%s does, too', async (operation, method, form) => {
  const path = form.replace('$InboxWorker', runtime.resources['InboxWorker']?.physicalId ?? '');
  const failures: string[] = [];
  for (const { at, input } of oddInputs(inputModel(operation) ?? {}, knownMembers(runtime))) {
    const answer = await fetch(`${runtime.endpointUrl}${path}`, { method, body: JSON.stringify(input) });
    if (answer.status >= 500) failures.push(`${at}: ${answer.status}`);
    await answer.text();
  }
  expect(failures).toEqual([]);
});

/** What takes something away comes last, so that the others find it. */
function namesOf({ operations }: AwsJsonApi): string[] {
  const isLast = (name: string): boolean => /^(?:Delete|Remove|Cancel|Stop|Purge)/.test(name);
  return Object.keys(operations).toSorted((a, b) => Number(isLast(a)) - Number(isLast(b)));
}

function jsonApis(): AwsJsonApi[] {
  return Object.values(runtime.services).flatMap(({ apis }) => apis.json ?? []);
}

async function failureOf({ operations }: AwsJsonApi, name: string, input: JsonObject): Promise<string | undefined> {
  try {
    await operations[name]?.(input, { requestId: 'r', signal: new AbortController().signal });
    return undefined;
  } catch (error) {
    const isRefusal = error instanceof AwsError && error.statusCode < 500 && error.message !== '';
    return isRefusal ? undefined : String(error instanceof Error ? error.stack : error);
  }
}
