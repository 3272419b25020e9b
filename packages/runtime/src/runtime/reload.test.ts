import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAssembly, type StackAssembly } from '../assembly/cloud-assembly.ts';
import type { JsonObject } from '../endpoint/aws-api.ts';
import type { Template, TemplateResource } from '../assembly/template.ts';
import { writeMiniApp } from '../testing/mini-app.ts';
import { startRuntime, type Runtime } from './runtime.ts';

let folder: string;
let runtime: Runtime;
let assembly: StackAssembly;
let lambda: LambdaClient;
let stepFunctions: SFNClient;

/** Beside the letters' functions, two that share a folder: one waits for a file before it says which code it runs. */
const WAITING = (version: string): string => `
  import { existsSync } from 'node:fs';
  import { setTimeout } from 'node:timers/promises';
  console.log('ready');
  export const handler = async ({ gate }) => {
    while (gate && !existsSync(gate)) await setTimeout(5);
    return '${version}';
  };`;
const COUNTING = 'let runs = 0; export const handler = async () => (runs += 1);';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reload-'));
  writeCode('code-1', { waiting: WAITING('old'), counting: COUNTING });
  await writeMiniApp(join(folder, 'cdk.out'), withTwoFunctions);
  writeAssets('code-1');
  assembly = readAssembly(join(folder, 'cdk.out'));
  runtime = await startRuntime({ assemblyFolder: join(folder, 'cdk.out'), dataFolder: join(folder, 'data'), port: 0 });
  lambda = new LambdaClient({ endpoint: runtime.endpointUrl });
  stepFunctions = new SFNClient({ endpoint: runtime.endpointUrl });
});

afterEach(async () => {
  lambda.destroy();
  stepFunctions.destroy();
  await runtime.stop();
  rmSync(folder, { recursive: true });
});

function withTwoFunctions(template: Template): Template {
  const { FileLetter } = template.Resources as { FileLetter: TemplateResource };
  const functionOf = (name: string): TemplateResource => ({
    ...FileLetter,
    Properties: {
      ...FileLetter.Properties,
      Code: { S3Bucket: 'assets', S3Key: 'two.zip' },
      Handler: `${name}.handler`,
    },
  });
  return {
    ...template,
    Resources: {
      ...template.Resources,
      Waiting: functionOf('waiting'),
      Counting: functionOf('counting'),
      ...published('1'),
    },
  };
}

/** Versions of a function and of the machine, and the aliases that lead to them. */
function published(name: string): Record<string, TemplateResource> {
  const [waiting, stamping] = [`Waiting${name}`, `Stamping${name}`];
  return {
    [waiting]: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Waiting' } } },
    WaitingLive: {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'Waiting' },
        FunctionVersion: { 'Fn::GetAtt': [waiting, 'Version'] },
        Name: 'live',
      },
    },
    [stamping]: {
      Type: 'AWS::StepFunctions::StateMachineVersion',
      Properties: {
        StateMachineArn: { Ref: 'Stamping' },
        StateMachineRevisionId: { 'Fn::GetAtt': ['Stamping', 'StateMachineRevisionId'] },
      },
    },
    StampingLive: {
      Type: 'AWS::StepFunctions::StateMachineAlias',
      Properties: { Name: 'live', RoutingConfiguration: [{ StateMachineVersionArn: { Ref: stamping }, Weight: 100 }] },
    },
  };
}

function writeCode(name: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, name));
  for (const [file, source] of Object.entries(files)) writeFileSync(join(folder, name, `${file}.mjs`), source);
}

function writeAssets(codeFolder: string): void {
  const asset = (path: string, objectKey: string) => ({ source: { path }, destinations: { here: { objectKey } } });
  const files = { one: asset('asset.functions', 'functions.zip'), two: asset(`../${codeFolder}`, 'two.zip') };
  writeFileSync(join(folder, 'cdk.out', 'Mail.assets.json'), JSON.stringify({ files }));
}

/** The same template, with the two functions' code from another folder. */
function withCode(name: string): StackAssembly {
  const { stackName, template } = assembly;
  return {
    stackName,
    template,
    assetPath: (key) => (key === 'two.zip' ? join(folder, name) : assembly.assetPath(key)),
  };
}

function withResources(change: (resources: Record<string, TemplateResource>) => void): StackAssembly {
  const template = structuredClone(assembly.template);
  change(template.Resources as Record<string, TemplateResource>);
  return { stackName: assembly.stackName, template, assetPath: (key) => assembly.assetPath(key) };
}

async function invoke(logicalId: string, event: JsonObject = {}, qualifier = ''): Promise<unknown> {
  const FunctionName = `${runtime.resources[logicalId]!.physicalId}${qualifier}`;
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  return JSON.parse(Payload!.transformToString());
}

async function definition(qualifier = ''): Promise<string> {
  const stateMachineArn = `${runtime.outputs['StampingArn']}${qualifier}`;
  return (await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn }))).definition!;
}

test('new code is taken up; invocations that run end on the old, and other functions keep their environments', async () => {
  const gate = join(folder, 'gate');
  expect(await invoke('Counting')).toBe(1);
  const begun = invoke('Waiting', { gate });
  await expect.poll(() => runtime.services.logs.groups().some(({ name }) => name.includes('Waiting'))).toBe(true);
  writeCode('code-2', { waiting: WAITING('new'), counting: COUNTING });

  expect(await runtime.reload(withCode('code-2'))).toEqual({ updated: ['Waiting'], needsRestart: [] });
  expect(await invoke('Waiting')).toBe('new');
  writeFileSync(gate, '');
  expect(await begun).toBe('old');
  expect(await invoke('Counting')).toBe(2);
});

test('an edit is live for those who call a version or an alias', async () => {
  writeCode('code-2', { waiting: WAITING('new'), counting: COUNTING });
  await runtime.reload(withCode('code-2'));
  expect(await Promise.all([':live', ':1'].map((each) => invoke('Waiting', {}, each)))).toEqual(['new', 'new']);
});

test('another deployment publishes versions beside the old ones, which stay, and moves the aliases', async () => {
  writeCode('code-2', { waiting: WAITING('new'), counting: COUNTING });
  const next = withResources((resources) => {
    delete resources['Waiting1'];
    delete resources['Stamping1'];
    Object.assign(resources, published('2'));
    const machine = resources['Stamping']!.Properties!;
    machine['DefinitionString'] = String(machine['DefinitionString']).replaceAll('Stamp letter', 'Stamp it');
  });
  const { updated, needsRestart } = await runtime.reload({ ...next, assetPath: withCode('code-2').assetPath });
  expect(needsRestart).toEqual([]);
  expect(updated.toSorted()).toEqual(['Stamping', 'Stamping2', 'StampingLive', 'Waiting', 'Waiting2', 'WaitingLive']);
  expect(await Promise.all(['', ':live', ':2', ':1'].map((each) => invoke('Waiting', {}, each)))).toEqual([
    'new',
    'new',
    'new',
    'old',
  ]);
  const definitions = await Promise.all([':live', ':2', ':1'].map(definition));
  expect(definitions.map((text) => text.includes('"Stamp it"'))).toEqual([true, true, false]);
});

test('what nobody changed is not taken up again', async () => {
  writeCode('code-2', { waiting: WAITING('old'), counting: COUNTING });
  expect(await runtime.reload(withCode('code-2'))).toEqual({ updated: [], needsRestart: [] });
});

test('a file that functions share is part of each one’s code', async () => {
  writeCode('code-2', { waiting: WAITING('old'), counting: COUNTING, shared: 'export {}' });
  expect((await runtime.reload(withCode('code-2'))).updated).toEqual(['Waiting', 'Counting']);
});

test('new settings of a function and a new definition are taken up', async () => {
  const changed = withResources((resources) => {
    resources['Counting']!.Properties!['Timeout'] = 20;
    const machine = resources['Stamping']!.Properties!;
    machine['DefinitionString'] = String(machine['DefinitionString']).replaceAll('Stamp letter', 'Stamp it');
  });
  const { updated, needsRestart } = await runtime.reload(changed);
  expect(needsRestart).toEqual([]);
  // A definition in the template itself is another revision, and so another version.
  expect(updated.toSorted()).toEqual(['Counting', 'Stamping', 'Stamping1', 'StampingLive']);
  expect(await definition()).toContain('"Stamp it"');
});

test.each<[string, (machine: JsonObject) => void, RegExp]>([
  [
    'a definition that cannot run',
    (machine) => (machine['DefinitionString'] = String(machine['DefinitionString']).replace('"Task"', '"Leap"')),
    /Stamping \(AWS::StepFunctions::StateMachine\): .*'Type'.* at \/States\/Stamp letter\/Type/,
  ],
  ['a name without a value', (machine) => delete machine['DefinitionSubstitutions'], /Stamping .* names \$\{Stamps\}/],
])('%s is refused in one line, and everything stays as it was', async (_title, damage, message) => {
  const before = await definition();
  writeCode('code-2', { waiting: WAITING('new'), counting: COUNTING });
  const broken = withResources((resources) => damage(resources['Stamping']!.Properties!));
  const refused = runtime.reload({ ...broken, assetPath: withCode('code-2').assetPath });
  await expect(refused).rejects.toMatchObject({ name: 'StartError', message: expect.stringMatching(message) });
  expect(await definition()).toBe(before);
  expect(await invoke('Waiting')).toBe('old');
});

test('what only a start can bring up is named, and nothing is taken up', async () => {
  writeCode('code-2', { waiting: WAITING('new'), counting: COUNTING });
  const changed = withResources((resources) => {
    resources['Outbox'] = { Type: 'AWS::SQS::Queue' };
    resources['Inbox']!.Properties!['VisibilityTimeout'] = 90;
    delete resources['LetterFiled'];
    resources['Role']!.Properties!['Description'] = 'does nothing here';
  });
  expect(await runtime.reload({ ...changed, assetPath: withCode('code-2').assetPath })).toEqual({
    updated: [],
    needsRestart: ['LetterFiled (AWS::Events::Rule)', 'Inbox (AWS::SQS::Queue)', 'Outbox (AWS::SQS::Queue)'],
  });
  expect(await invoke('Waiting')).toBe('old');
});
