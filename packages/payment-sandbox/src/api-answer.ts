/** An answer of the provider's API before it is put on the wire. */
export interface ApiAnswer {
  readonly statusCode: number;
  readonly body: JsonValue;
  readonly headers?: Readonly<Record<string, string>>;
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };

/** The provider's error envelope. `type` and `code` are what SDKs branch on. */
export interface ApiErrorBody {
  readonly type: 'invalid_request_error' | 'idempotency_error' | 'card_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly advice_code?: string;
  readonly charge?: string;
  readonly doc_url?: string;
  readonly payment_intent?: JsonValue;
}

/**
 * Ends a request with an error answer.
 * `isStored` says whether the endpoint had begun: only then does an idempotency key remember the answer
 * (docs.stripe.com/api/idempotent_requests).
 */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly statusCode: number;
  readonly error: ApiErrorBody;
  readonly isStored: boolean;

  constructor(statusCode: number, error: ApiErrorBody, isStored = false) {
    super(error.message);
    this.statusCode = statusCode;
    this.error = error;
    this.isStored = isStored;
  }

  toAnswer(): ApiAnswer {
    return errorAnswer(this.statusCode, this.error);
  }
}

export function errorAnswer(statusCode: number, error: ApiErrorBody): ApiAnswer {
  return { statusCode, body: { error: { ...error } } };
}

/**
 * A parameter that is absent, malformed or names nothing. An object that the path names and that does not exist is 404,
 * one that a parameter names 400.
 */
export function invalidParameter(param: string, message: string, code?: string): ApiFailure {
  const isInPath = code === 'resource_missing' && (param === 'intent' || param === 'id');
  const error: ApiErrorBody = { type: 'invalid_request_error', message, param, ...(code !== undefined && { code }) };
  return new ApiFailure(isInPath ? 404 : 400, error);
}

export const internalError: ApiErrorBody = {
  type: 'api_error',
  message: 'An unknown error occurred on the server.',
};
