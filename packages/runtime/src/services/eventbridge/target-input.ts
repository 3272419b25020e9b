import { AwsError } from '../shared/aws-error.ts';
import type { BusEvent } from './event.ts';
import { eventTime } from '../shared/event-time.ts';
import { compileJsonPath, type JsonPath } from './json-path.ts';
import type { Target } from './target.ts';

export interface InputContext {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly nowMs: number;
}

/** Makes what a target is sent out of an event. */
export type TargetInput = (event: BusEvent, context: InputContext) => string;

const placeholder = /<([^<>\s]+)>/g;

/** @throws AwsError ValidationException. */
export function compileTargetInput(target: Target): TargetInput {
  const { Input: constant, InputPath: path, InputTransformer: transformer } = target;
  if ([constant, path, transformer].filter((value) => value !== undefined).length > 1) {
    throw invalidTarget(target, 'Only one of Input, InputPath, or InputTransformer must be provided');
  }
  if (constant !== undefined) {
    checkJson(target, constant);
    return () => constant;
  }
  if (path !== undefined && path !== '$') {
    const select = compileJsonPath(path);
    return (event) => JSON.stringify(select(event.envelope) ?? null);
  }
  if (transformer) return compileTransformer(target, transformer);
  return (event) => event.json;
}

function compileTransformer(target: Target, transformer: NonNullable<Target['InputTransformer']>): TargetInput {
  const template = transformer.InputTemplate;
  const paths = Object.entries(transformer.InputPathsMap ?? {}).map(([name, path]): [string, JsonPath] => [
    name,
    compileJsonPath(path),
  ]);
  checkVariables(target, template, new Set(paths.map(([name]) => name)));
  return (event, context) => {
    const values = new Map<string, unknown>(paths.map(([name, select]) => [name, select(event.envelope)]));
    return fill(template, (name) => (values.has(name) ? values.get(name) : reservedVariable(name, event, context)));
  };
}

/**
 * Puts values into a template: inside a JSON string as text, elsewhere as JSON. A variable whose path leads nowhere
 * is empty text, or null.
 */
function fill(template: string, valueOf: (name: string) => unknown): string {
  return template.replace(placeholder, (whole, name: string, offset: number) => {
    const value = valueOf(name);
    if (!insideString(template, offset)) return JSON.stringify(value ?? null);
    if (value === undefined || value === null) return '';
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

function insideString(template: string, offset: number): boolean {
  let inside = false;
  for (let index = 0; index < offset; index += 1) {
    if (template[index] === '\\') index += 1;
    else if (template[index] === '"') inside = !inside;
  }
  return inside;
}

const reservedNames = [
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
];

function reservedVariable(name: string, event: BusEvent, context: InputContext): unknown {
  switch (name) {
    case 'aws.events.rule-arn':
      return context.ruleArn;
    case 'aws.events.rule-name':
      return context.ruleName;
    case 'aws.events.event.ingestion-time':
      return eventTime(context.nowMs);
    case 'aws.events.event': {
      const { detail: _, ...withoutDetail } = event.envelope;
      return withoutDetail;
    }
    default:
      return event.envelope;
  }
}

function checkVariables(target: Target, template: string, names: ReadonlySet<string>): void {
  for (const [, name] of template.matchAll(placeholder)) {
    if (!names.has(name!) && !reservedNames.includes(name!)) {
      throw invalidTarget(target, `InputTemplate for target ${target.Id} contains invalid placeholder ${name}`);
    }
  }
}

function checkJson(target: Target, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw invalidTarget(target, `Input is not valid JSON (${(error as Error).message})`);
  }
}

function invalidTarget(target: Target, reason: string): AwsError {
  return new AwsError('ValidationException', `${reason} for target ${target.Id}.`);
}
