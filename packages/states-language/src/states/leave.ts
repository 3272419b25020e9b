import type { Outcome } from '../definition.ts';
import { StateFailure, StatesError } from '../errors.ts';
import type { ExecutionPort } from '../execution-port.ts';
import { stateOf, type Frame } from '../frame.ts';
import { exceedsBytes, type Json, type JsonRecord } from '../json.ts';
import type { StatesVariable } from '../jsonata.ts';

/** Payload limit of inputs, outputs, results and variables. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;

/**
 * Leaves a state: evaluates Assign and Output over the variables as they were before, then goes on to `next` or
 * ends the frame. @param fallback the output where the state has no Output.
 */
export async function leave(
  execution: ExecutionPort,
  frame: Frame,
  outcome: Outcome,
  more: Pick<StatesVariable, 'result' | 'errorOutput'> | undefined,
  fallback: Json,
): Promise<void> {
  const scope = execution.scope(frame, more);
  const assigned = outcome.assign && ((await outcome.assign.evaluate(scope)) as JsonRecord);
  const output = outcome.output ? await outcome.output.evaluate(scope) : fallback;
  const outputText = output === frame.input ? frame.inputText : payloadText(output, frame.state, 'output');
  const { type, name } = stateOf(frame);
  execution.removeChildren(frame);
  execution.record(frame, `${type}StateExited`, {
    name,
    output: outputText,
    ...(assigned && { assignedVariables: textOfEach(assigned, frame.state) }),
  });
  if (assigned) frame.variables = { ...frame.variables, ...assigned };
  if (outcome.next === undefined) return execution.frameDone(frame, output, outputText);
  frame.state = outcome.next;
  frame.input = output;
  frame.inputText = outputText;
  execution.makeRunnable(frame, 'enter');
}

/** @throws StateFailure States.DataLimitExceeded. */
export function payloadText(value: Json, state: string, what: string): string {
  const text = JSON.stringify(value);
  if (exceedsBytes(text, MAX_PAYLOAD_BYTES)) {
    throw new StateFailure(
      StatesError.dataLimitExceeded,
      `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit (${what}, ${MAX_PAYLOAD_BYTES} bytes).`,
    );
  }
  return text;
}

function textOfEach(variables: JsonRecord, state: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, payloadText(value, state, `variable ${name}`)]),
  );
}
