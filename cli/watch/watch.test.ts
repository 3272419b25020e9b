import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SourceWatch } from './changed-files.ts';
import { editedAssembly, shortName } from './edited-assembly.ts';
import { LiveFunctions } from './live-functions.ts';
import { errorsIn } from './type-check.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'watch-'));
  write('functions/tea/hour.ts', 'export const hour = (): number => 4;');
  write('functions/tea/pour-tea.ts', "import { hour } from './hour.ts';\nexport const handler = async () => hour();");
  write('functions/cake/cut-cake.ts', 'export const handler = async () => 1;');
});

afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

describe('the watch of the sources tells', () => {
  /** What an edit makes it tell, until it has told of the file: the system may tell of one edit bit by bit. */
  async function toldAfter(edit: () => void, file: string): Promise<readonly string[]> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const told: string[] = [];
    const onChange = (files: readonly string[]): void => {
      told.push(...files);
      if (files.includes(file)) resolve();
    };
    const watching = new SourceWatch({ root, folders: ['functions'], onChange });
    await watching.ready();
    edit();
    await promise;
    await watching.stop();
    return [...new Set(told)];
  }

  test.each<[string, () => void, string]>([
    ['a file that is written', () => write('functions/tea/hour.ts', 'x'), 'functions/tea/hour.ts'],
    [
      'a file that an editor renames into place',
      () => {
        write('functions/tea/.hour.ts.swp', 'x');
        renameSync(path.join(root, 'functions/tea/.hour.ts.swp'), path.join(root, 'functions/tea/hour.ts'));
      },
      'functions/tea/hour.ts',
    ],
    ['a file in a new folder', () => write('functions/jam/spread-jam.ts', 'x'), 'functions/jam/spread-jam.ts'],
    ['a file that is gone', () => rmSync(path.join(root, 'functions/tea/hour.ts')), 'functions/tea/hour.ts'],
    [
      'nothing of tests',
      () => {
        write('functions/tea/hour.test.ts', 'x');
        write('functions/tea/testing/cups.ts', 'x');
        write('functions/tea/pour-tea.ts', 'x');
      },
      'functions/tea/pour-tea.ts',
    ],
  ])('%s', async (_title, edit, file) => {
    expect(await toldAfter(edit, file)).toEqual([file]);
  });

  test('a second replacement of the same file, too', async () => {
    const replaced = (): void => {
      write('functions/new.ts', String(Math.random()));
      renameSync(path.join(root, 'functions/new.ts'), path.join(root, 'functions/tea/hour.ts'));
    };
    replaced();
    expect(await toldAfter(replaced, 'functions/tea/hour.ts')).toContain('functions/tea/hour.ts');
  });
});

describe('live functions', () => {
  let functions: LiveFunctions;
  beforeEach(() => {
    functions = new LiveFunctions(root, path.join(root, 'live'));
  });
  afterEach(() => functions.stop());

  test('are built into a folder of their own, with maps beside, when they differ from the last', async () => {
    const first = await functions.rebuild();
    expect(readdirSync(first!)).toEqual(['cut-cake.mjs', 'cut-cake.mjs.map', 'pour-tea.mjs', 'pour-tea.mjs.map']);
    write('functions/tea/hour.ts', '// only a comment\nexport const hour = (): number => 4;');
    expect(await functions.rebuild()).toBeUndefined();
    write('functions/tea/hour.ts', 'export const hour = (): number => 5;');
    const second = await functions.rebuild();
    expect(second).not.toBe(first);
    const { handler } = (await import(path.join(second!, 'pour-tea.mjs'))) as { handler: () => Promise<number> };
    expect(await handler()).toBe(5);
  });

  test('follow a function that is new, and go on after a mistake', async () => {
    await functions.rebuild();
    write('functions/cake/bake-cake.ts', 'export const handler = async () => ;');
    await expect(functions.rebuild()).rejects.toMatchObject({ errors: [{ location: { line: 1 } }] });
    write('functions/cake/bake-cake.ts', 'export const handler = async () => 2;');
    expect(readdirSync((await functions.rebuild())!)).toContain('bake-cake.mjs');
  });
});

describe('an edited assembly', () => {
  const assembly = {
    stackName: 'shop',
    template: {
      Resources: {
        PourTeaF00: {
          Type: 'AWS::Lambda::Function',
          Properties: { Code: { S3Key: 'code.zip' }, Handler: 'pour-tea.handler' },
        },
        Saga: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: {
            StateMachineName: { 'Fn::Join': ['', [{ Ref: 'AWS::StackName' }, '-order-saga']] },
            DefinitionS3Location: { Bucket: 'b', Key: 'saga.json' },
          },
        },
        Queue: { Type: 'AWS::SQS::Queue' },
      },
    },
    assetPath: (key: string) => `cdk.out/${key}`,
  };

  test('has the newest code and definitions in the place of what was synthesized', () => {
    const edits = { functionsFolder: 'live/functions-1', definitionsFolder: 'workflows', workflows: ['order-saga'] };
    const edited = editedAssembly(assembly, edits);
    expect(['code.zip', 'saga.json', 'page.zip'].map((key) => edited.assetPath(key))).toEqual([
      'live/functions-1',
      path.join('workflows', 'order-saga.asl.json'),
      'cdk.out/page.zip',
    ]);
    const { assetPath } = editedAssembly(assembly, { ...edits, functionsFolder: undefined });
    expect(assetPath('code.zip')).toBe('cdk.out/code.zip');
  });

  test('calls its parts as people do', () => {
    expect(['PourTeaF00', 'Saga', 'Queue'].map((id) => shortName(assembly, id))).toEqual([
      'pour-tea',
      'order-saga',
      'Queue',
    ]);
  });
});

test('a type error is one line with file, line and column', () => {
  const output = [
    "functions/tea.ts(12,5): error TS2322: Type 'string' is not assignable to type 'number'.",
    '  The expected type comes from here.',
    'Found 1 error.',
  ].join('\n');
  expect(errorsIn(output)).toEqual([
    "functions/tea.ts:12:5: Type 'string' is not assignable to type 'number'. (TS2322)",
  ]);
});
