import type { Catcher, Choice, Outcome, WaitState } from './definition.ts';
import type { FieldReader } from './definition-reader.ts';
import { isTimestamp, MAX_SECONDS } from './durations.ts';
import { StatesError } from './errors.ts';
import { isRecord } from './json.ts';
import type { Retrier } from './retry.ts';
import type { Template } from './template.ts';
import { NO_STATES_FIELDS, type Available } from './validation/check-expressions.ts';

// Readers of the fields that several state types share.

export const MAX_NAME_LENGTH = 80;

/** @param available what `$states` has in Assign and Output. */
export function outcome(reader: FieldReader, available: Available = NO_STATES_FIELDS): Outcome {
  const end = reader.value('End');
  const next = reader.text('Next');
  if (end !== undefined && typeof end !== 'boolean') reader.schemaFault('Expected value of type [BOOLEAN]', 'End');
  else if ((end === true) === (next !== undefined)) {
    reader.schemaFault('A state needs either Next or "End": true, and not both');
  }
  return { assign: assignment(reader, available), output: reader.template('Output', available), next };
}

function assignment(reader: FieldReader, available: Available = NO_STATES_FIELDS): Outcome['assign'] {
  const source = reader.value('Assign');
  if (source === undefined) return undefined;
  if (!isRecord(source)) return reader.schemaFault('Expected value of type [OBJECT]', 'Assign');
  for (const name of Object.keys(source)) {
    if (name === 'states') reader.schemaFault("The variable name 'states' is reserved", 'Assign');
    else if (!/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name) || name.length > MAX_NAME_LENGTH) {
      reader.schemaFault(`'${name}' is no legal variable name`, 'Assign');
    }
  }
  return reader.template('Assign', available);
}

export function recovery(reader: FieldReader): { retriers: Retrier[]; catchers: Catcher[] } {
  const retriers = reader.list('Retry');
  for (const entry of retriers) entry.require('ErrorEquals');
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
    reader.schemaFault('Value should be one of the following: [FULL, NONE]', 'JitterStrategy');
  }
  const parsed = {
    errorEquals: errorNames(reader, isLast),
    intervalSeconds: reader.number('IntervalSeconds', { min: 1, max: MAX_SECONDS }) ?? 1,
    maxAttempts: reader.number('MaxAttempts', { min: 0, max: MAX_SECONDS }) ?? 3,
    backoffRate: reader.number('BackoffRate', { min: 1, isWhole: false }) ?? 2,
    maxDelaySeconds: reader.number('MaxDelaySeconds', { min: 1, max: MAX_RETRY_DELAY_SECONDS }),
    jitter: jitter === 'FULL' ? ('FULL' as const) : ('NONE' as const),
  };
  reader.rejectOthers();
  return parsed;
}

/** A year and a day, as documented for `MaxDelaySeconds`. */
const MAX_RETRY_DELAY_SECONDS = 31_622_400;

const IN_CATCHER: Available = new Set(['errorOutput']);

function catcher(reader: FieldReader, isLast: boolean): Catcher {
  reader.require('ErrorEquals', 'Next');
  const parsed = {
    errorEquals: errorNames(reader, isLast),
    assign: assignment(reader, IN_CATCHER),
    output: reader.template('Output', IN_CATCHER),
    next: reader.requiredText('Next'),
  };
  reader.rejectOthers();
  return parsed;
}

function errorNames(reader: FieldReader, isLast: boolean): string[] {
  const names = reader.value('ErrorEquals');
  if (names === undefined) return []; // `require` named it.
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    reader.schemaFault('Expected a list of error names', 'ErrorEquals');
    return [];
  }
  if (names.length === 0) reader.schemaFault('Value cannot be empty', 'ErrorEquals');
  if (names.includes(StatesError.all) && (names.length > 1 || !isLast)) {
    reader.schemaFault('States.ALL must stand alone and in the last entry', 'ErrorEquals');
  }
  return names as string[];
}

export function choices(reader: FieldReader): Outcome & { choices: Choice[] } {
  reader.require('Choices');
  return {
    choices: reader.filledList('Choices').map(choice),
    next: reader.text('Default'),
    assign: assignment(reader),
    output: reader.template('Output'),
  };
}

function choice(reader: FieldReader): Choice {
  reader.require('Condition', 'Next');
  const condition = reader.literalOrExpression(
    'Condition',
    (value) => typeof value === 'boolean',
    'Expected a boolean or a JSONata expression',
  );
  const parsed = {
    condition: condition ?? { evaluate: () => false },
    next: reader.requiredText('Next'),
    assign: assignment(reader),
    output: reader.template('Output'),
  };
  reader.rejectOthers();
  return parsed;
}

export function waitUntil(reader: FieldReader): WaitState['until'] {
  const seconds = reader.numberOrExpression('Seconds', { min: 0, max: MAX_SECONDS });
  const timestamp = reader.literalOrExpression('Timestamp', isTimestamp, 'String does not match RFC3339 timestamp');
  if ((reader.value('Seconds') === undefined) === (reader.value('Timestamp') === undefined)) {
    reader.schemaFault('There should only be one of the following fields: [Seconds, Timestamp]');
  }
  if (timestamp) return { kind: 'timestamp', value: timestamp };
  return { kind: 'seconds', value: seconds ?? { evaluate: () => 0 } };
}

export function textTemplate(reader: FieldReader, field: string): Template | undefined {
  return reader.literalOrExpression(field, (value) => typeof value === 'string', 'Expected value of type [STRING]');
}
