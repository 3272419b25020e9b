import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ENVIRONMENTS, type EnvironmentSettings } from '../config.ts';
import { ORDER_STEP } from '../constructs/function-sizes.ts';
import type { Platform } from '../constructs/platform.ts';
import { ShopFunction } from '../constructs/shop-function.ts';
import { OrderWorkflowStack } from '../order-workflow-stack.ts';
import type { RestoredTables } from '../restored-tables.ts';

export const DEFINITIONS_FOLDER = 'workflows';

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  // Templates are deep JSON without a schema of ours: tests compare literals with what they find.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

const PLACEHOLDER = 'export const handler = async () => ({});\n';

/** Stands for the bundles, so that a template does not change with the functions' code. */
export function placeholderFunctions(code = PLACEHOLDER): string {
  const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'infra-')), 'functions');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'placeholder.mjs'), code);
  return folder;
}

/** An app with the feature flags that the deployed one has. */
export function testApp(outdir?: string): App {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };
  return new App({ analyticsReporting: false, context, ...(outdir === undefined ? {} : { outdir }) });
}

export interface StackOptions {
  readonly restored?: RestoredTables;
  readonly stackName?: string;
  readonly outdir?: string;
  readonly definitionsFolder?: string;
  readonly sourceMapsFolder?: string;
  /** Of the functions' placeholder. */
  readonly code?: string;
}

export function testStack(
  settings: EnvironmentSettings = ENVIRONMENTS.dev,
  options: StackOptions = {},
): OrderWorkflowStack {
  const {
    stackName = 'shop',
    outdir,
    definitionsFolder = DEFINITIONS_FOLDER,
    sourceMapsFolder,
    code,
    restored,
  } = options;
  return new OrderWorkflowStack(testApp(outdir), 'OrderWorkflow', {
    stackName,
    settings,
    functionsFolder: placeholderFunctions(code),
    definitionsFolder,
    ...(sourceMapsFolder !== undefined && { sourceMapsFolder }),
    restored,
  });
}

/** Without options, the template is made once for all test files of a run: it takes a second. */
export function synthesizedStack(settings: EnvironmentSettings = ENVIRONMENTS.dev, options?: StackOptions): Template {
  const make = (): Template => Template.fromStack(testStack(settings, options));
  return options === undefined ? sharedTemplate(JSON.stringify(settings), make) : make();
}

/** Kept in the run's own temporary folder. Whoever watches the tests edits the stack between them. */
function sharedTemplate(key: string, make: () => Template): Template {
  if (process.env['VITEST_MODE'] === 'WATCH') return make();
  const file = path.join(os.tmpdir(), `template-${createHash('sha256').update(key).digest('hex')}.json`);
  if (!existsSync(file)) {
    const ownFile = `${file}.${process.pid}`;
    writeFileSync(ownFile, JSON.stringify(make().toJSON()));
    renameSync(ownFile, file); // Another worker may be making it, too: whoever sees it sees all of it.
  }
  return Template.fromJSON(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>);
}

export function resourcesOf(template: Template, type: string): Record<string, TemplateResource> {
  return template.findResources(type) as Record<string, TemplateResource>;
}

/** @throws Error unless the template has exactly one resource of that type. */
export function onlyResource(template: Template, type: string): TemplateResource {
  const [resource, ...others] = Object.values(resourcesOf(template, type));
  if (resource === undefined || others.length > 0)
    throw new Error(`Expected one ${type}, found ${resource === undefined ? 0 : others.length + 1}.`);
  return resource;
}

/** The function whose version or alias an expression names. @throws Error when it names none. */
export function functionBehind(template: Template, expression: unknown): TemplateResource {
  const [, logicalId = ''] = /"Ref":"(\w+)"/u.exec(JSON.stringify(expression)) ?? [];
  const qualified = {
    ...resourcesOf(template, 'AWS::Lambda::Version'),
    ...resourcesOf(template, 'AWS::Lambda::Alias'),
  };
  const functionId: unknown = qualified[logicalId]?.Properties.FunctionName.Ref;
  const found = resourcesOf(template, 'AWS::Lambda::Function')[String(functionId)];
  if (found === undefined) throw new Error(`${JSON.stringify(expression)} names no version and no alias.`);
  return found;
}

/** What constructs under test are built on. */
export function testPlatform(settings: EnvironmentSettings = ENVIRONMENTS.dev): Platform {
  return { settings, functionCode: Code.fromAsset(placeholderFunctions()), encryptionKey: undefined };
}

export function aFunction(scope: Construct, platform: Platform): ShopFunction {
  const names = { entry: 'serve-tea', service: 'tea', description: 'Serves tea' };
  return new ShopFunction(scope, 'ServeTea', { platform, ...names, environment: {}, ...ORDER_STEP });
}
