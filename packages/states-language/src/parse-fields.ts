import type { Catcher, Choice, Outcome, WaitState } from './definition.ts';
import type { FieldReader } from './definition-reader.ts';
import { isSeconds, isTimestamp, LONGEST_SECONDS } from './durations.ts';
import { StatesError } from './errors.ts';
import { isRecord } from './json.ts';
import type { Retrier } from './retry.ts';
import type { Template } from './template.ts';

// Readers of the fields that several state types share.

export const LONGEST_NAME = 80;

export function outcome(reader: FieldReader): Outcome {
  const end = reader.value('End');
  const next = reader.text('Next');
  if ((end === true) === (next !== undefined)) {
    reader.fault('MISSING_TRANSITION_TARGET', 'A state needs either Next or "End": true, and not both');
  }
  return { assign: assignment(reader), output: reader.template('Output'), next };
}

function assignment(reader: FieldReader): Outcome['assign'] {
  const source = reader.value('Assign');
  if (source === undefined) return undefined;
  if (!isRecord(source)) return reader.fault('SCHEMA_VALIDATION_FAILED', 'Assign must be an object', 'Assign');
  for (const name of Object.keys(source)) {
    if (name === 'states') reader.fault('VARIABLE_NAME', "The variable name 'states' is reserved", 'Assign');
    else if (!/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name) || name.length > LONGEST_NAME) {
      reader.fault('VARIABLE_NAME', `'${name}' is no legal variable name`, 'Assign');
    }
  }
  return reader.template('Assign');
}

export function recovery(reader: FieldReader): { retriers: Retrier[]; catchers: Catcher[] } {
  const retriers = reader.list('Retry');
  const catchers = reader.list('Catch');
  const parsed = {
    retriers: retriers.map((entry, index) => retrier(entry, index === retriers.length - 1)),
    catchers: catchers.map((entry, index) => catcher(entry, index === catchers.length - 1)),
  };
  return parsed;
}

function retrier(reader: FieldReader, isLast: boolean): Retrier {
  const jitter = reader.text('JitterStrategy') ?? 'NONE';
  if (jitter !== 'NONE' && jitter !== 'FULL') {
    reader.fault('SCHEMA_VALIDATION_FAILED', "JitterStrategy must be 'FULL' or 'NONE'", 'JitterStrategy');
  }
  const parsed = {
    errorEquals: errorNames(reader, isLast),
    intervalSeconds: reader.number('IntervalSeconds', 1, { whole: true }) ?? 1,
    maxAttempts: reader.number('MaxAttempts', 0, { whole: true }) ?? 3,
    backoffRate: reader.number('BackoffRate', 1, { whole: false }) ?? 2,
    maxDelaySeconds: reader.number('MaxDelaySeconds', 1, { whole: true }),
    jitter: jitter === 'FULL' ? ('FULL' as const) : ('NONE' as const),
  };
  reader.rejectOthers('A retrier');
  return parsed;
}

function catcher(reader: FieldReader, isLast: boolean): Catcher {
  const parsed = {
    errorEquals: errorNames(reader, isLast),
    assign: assignment(reader),
    output: reader.template('Output'),
    next: reader.requiredText('Next'),
  };
  reader.rejectOthers('A catcher');
  return parsed;
}

function errorNames(reader: FieldReader, isLast: boolean): string[] {
  const names = reader.value('ErrorEquals');
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) {
    reader.fault('SCHEMA_VALIDATION_FAILED', 'ErrorEquals must be a list of error names', 'ErrorEquals');
    return [];
  }
  if (names.includes(StatesError.all) && (names.length > 1 || !isLast)) {
    reader.fault('STATES_ALL_POSITION', 'States.ALL must stand alone and in the last entry', 'ErrorEquals');
  }
  return names as string[];
}

export function choices(reader: FieldReader): Outcome & { choices: Choice[] } {
  const rules = reader.list('Choices');
  if (rules.length === 0) reader.fault('MISSING_FIELD', 'A Choice state needs at least one choice');
  return {
    choices: rules.map(choice),
    next: reader.text('Default'),
    assign: assignment(reader),
    output: reader.template('Output'),
  };
}

function choice(reader: FieldReader): Choice {
  const condition = reader.literalOrExpression('Condition', (value) => typeof value === 'boolean', 'a boolean');
  if (!condition) reader.fault('MISSING_FIELD', 'A choice needs a Condition');
  const parsed = {
    condition: condition ?? { evaluate: () => false },
    next: reader.requiredText('Next'),
    assign: assignment(reader),
    output: reader.template('Output'),
  };
  reader.rejectOthers('A choice');
  return parsed;
}

export function waitUntil(reader: FieldReader): WaitState['until'] {
  const seconds = reader.literalOrExpression('Seconds', isSeconds, `an integer from 0 to ${LONGEST_SECONDS}`);
  const timestamp = reader.literalOrExpression('Timestamp', isTimestamp, 'an ISO-8601 timestamp');
  if ((seconds === undefined) === (timestamp === undefined)) {
    reader.fault('WAIT_DURATION', 'A Wait state needs exactly one of Seconds and Timestamp');
  }
  if (timestamp) return { kind: 'timestamp', value: timestamp };
  return { kind: 'seconds', value: seconds ?? { evaluate: () => 0 } };
}

export function textTemplate(reader: FieldReader, field: string): Template | undefined {
  return reader.literalOrExpression(field, (value) => typeof value === 'string', 'a string');
}
