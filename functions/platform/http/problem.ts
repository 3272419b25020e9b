import * as z from 'zod';
import { PROBLEMS, type ProblemCode } from './problem-codes.ts';

/** One field that is wrong, and why. The message never quotes the value. */
export interface FieldError {
  /** Where: `body.lines.0.quantity`, `query.limit`. */
  readonly field: string;
  readonly message: string;
}

/** What a problem may say beside the members that every problem has. */
export interface ProblemExtras {
  /** What is wrong in this case; the code's title says what is wrong in general. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Facts that the client needs to go on, such as the new total. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ends a request with a problem document (RFC 9457). Nothing of it may be personal or quote the request. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, extras: ProblemExtras = {}, options: ErrorOptions = {}) {
    super(extras.detail ?? PROBLEMS[code].title, options);
    this.code = code;
    this.extras = extras;
  }
}

/** The members of every problem, as the API's description states them; some say more, by their code. */
export const ProblemDocument = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string().meta({ description: 'Stable name of the problem. Use it in your program, not the title' }),
    requestId: z.string().meta({ description: 'Quote it when you ask for help: it finds the request in the logs' }),
    errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({
    id: 'Problem',
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties; // each code says which there are
    },
  });
export type ProblemDocument = z.infer<typeof ProblemDocument>;

/** An answer as a function gives it to API Gateway. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent for an answer without one. */
  readonly body?: string;
}

export function problemAnswer(code: ProblemCode, requestId: string, extras: ProblemExtras = {}): HttpAnswer {
  const { status, title } = PROBLEMS[code];
  const { detail, errors, facts, headers } = extras;
  const document: ProblemDocument = {
    type: `urn:shop:problem:${code}`,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    code,
    requestId,
    ...(errors === undefined ? {} : { errors: [...errors] }),
    ...facts,
  };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(document),
  };
}
