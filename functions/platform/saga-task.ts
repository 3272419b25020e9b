import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { BusinessOutcome } from './errors.ts';
import { withOrderLog } from './logger.ts';
import { parsePayload } from './parse-payload.ts';

/** What every task of the order saga receives. Fields that it does not know are dropped, so that they may be added. */
export const SagaPayload = z.object({
  /** The order command, as the execution received it. */
  order: BasketCheckedOut.received,
  executionArn: z.string().min(1),
});
export type SagaPayload = z.infer<typeof SagaPayload>;

/** A result that survives JSON: what a task answers becomes the state's result. */
export type JsonObject = { readonly [key: string]: Json | undefined };
type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export type SagaTask = (payload: unknown, context: Context) => Promise<JsonObject>;

/**
 * The handler of one task: checks the payload, puts the order's ids on every log line, and lets the task's own error
 * out unchanged, because the runtime reports `error.name` and the workflow matches on it.
 * @throws MalformedPayload (terminal) when the payload does not fit `schema`.
 */
export function sagaTask<Schema extends z.ZodType<SagaPayload>>(
  schema: Schema,
  work: (payload: z.infer<Schema>, context: Context) => Promise<JsonObject>,
): SagaTask {
  return async (payload, context) => {
    const task = parsePayload(schema, payload);
    return withOrderLog(task.order, () => work(task, context).catch(rethrowBare));
  };
}

/** Says an outcome by its name and message alone. @throws what it is given. */
function rethrowBare(error: unknown): never {
  if (error instanceof BusinessOutcome) {
    error.stack = `${error.name}: ${error.message}`;
    delete error.cause;
  }
  throw error;
}
