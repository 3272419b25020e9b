import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { UserError } from '../user-error.ts';
import { answerJson, answerProblem, readJson } from './answer.ts';
import type { Handler } from './gateway.ts';

type Act<Schema extends z.ZodType> = (input: z.output<Schema>) => unknown;

/** Does something with a small JSON body; what it refuses is the caller's fault, by name. */
export function takes<Schema extends z.ZodType>(schema: Schema, act: Act<Schema>): Handler {
  return handlerOf(schema, act, readJson);
}

/** Tells something about what the query names. */
export function gives<Schema extends z.ZodType>(schema: Schema, act: Act<Schema>): Handler {
  return handlerOf(schema, act, queryOf);
}

function handlerOf<Schema extends z.ZodType>(
  schema: Schema,
  act: Act<Schema>,
  read: (request: IncomingMessage) => unknown,
): Handler {
  return async (request, response) => {
    try {
      answerJson(response, 200, await act(schema.parse(await read(request))));
    } catch (error) {
      const detail = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
      if (isCallersFault(error)) answerProblem(response, 400, 'REFUSED', detail);
      else throw error;
    }
  };
}

function queryOf({ url = '/' }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(new URL(url, 'http://page').searchParams);
}

function isCallersFault(error: unknown): boolean {
  const isJson = error instanceof SyntaxError || error instanceof RangeError;
  return isJson || error instanceof z.ZodError || error instanceof UserError;
}
