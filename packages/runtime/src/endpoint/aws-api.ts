import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a service shows to the HTTP endpoint, by protocol. */
export interface AwsApis {
  readonly json?: readonly AwsJsonApi[];
  readonly rest?: readonly AwsRestApi[];
  readonly query?: readonly AwsQueryApi[];
  readonly proxied?: AwsProxiedApi;
}

/** An API of named operations with JSON bodies. */
export interface AwsJsonApi {
  /** Prefix of the X-Amz-Target header, e.g. `AmazonSQS` of `AmazonSQS.SendMessage`. */
  readonly targetPrefix: string;
  readonly contentType: 'application/x-amz-json-1.0' | 'application/x-amz-json-1.1';
  readonly operations: Readonly<Record<string, AwsOperation>>;
}

/**
 * One API operation. `input` is the parsed JSON body, unchecked; the result is the JSON answer.
 * @throws AwsError for every fault that a client may see; anything else is answered as InternalFailure (500).
 */
export type AwsOperation = (input: JsonObject, call: AwsCall) => JsonObject | Promise<JsonObject>;

export interface AwsCall {
  readonly requestId: string;
  /** Aborts when the client goes away, so that long polls end. */
  readonly signal: AbortSignal;
}

/** An API with paths and verbs of its own (Lambda, Scheduler, SES). */
export interface AwsRestApi {
  /** Undefined when the request is for another service. */
  route(request: RestRequest): Promise<RestResponse> | undefined;
}

/** An API of named actions with parameters in a form and answers in XML (CloudFormation, STS, SNS). */
export interface AwsQueryApi {
  /** `Version` of its requests, e.g. `2010-05-15`: it tells the service. */
  readonly version: string;
  /** XML namespace of its answers. */
  readonly namespace: string;
  readonly actions: Readonly<Record<string, AwsQueryAction>>;
}

/** One action. @returns what its result holds, as XML. @throws AwsError for every fault that a client may see. */
export type AwsQueryAction = (parameters: URLSearchParams, call: AwsCall) => string | Promise<string>;

/** An API that another process answers: its requests are handed on as they came. */
export interface AwsProxiedApi {
  /** @param target value of the X-Amz-Target header. */
  serves(target: string): boolean;
  /** @throws AwsError while the other process does not answer. */
  forward(target: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface RestRequest {
  readonly method: string;
  /** Path without the query, still URL-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly call: AwsCall;
}

export interface RestResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

// oxlint-disable-next-line typescript/no-explicit-any -- JSON from a socket; each operation checks what it reads.
export type JsonObject = Record<string, any>;
