import type { JsonObject } from '../endpoint/aws-api.ts';
import { AwsError } from '../services/shared/aws-error.ts';
import type { FunctionInvoker, InvocationResult } from '../services/shared/ports/functions.ts';
import type { SdkIntegrations } from '../services/stepfunctions/index.ts';

/** Base URLs of the services that unmocked states call; a service without one is not called. */
export interface ServiceEndpoints {
  readonly lambda?: string;
  readonly dynamodb?: string;
  readonly sqs?: string;
  readonly events?: string;
}

/** Which environment variable sets which endpoint; all but the last are Step Functions Local's own. */
export const ENDPOINT_VARIABLES = {
  lambda: 'LAMBDA_ENDPOINT',
  dynamodb: 'DYNAMODB_ENDPOINT',
  sqs: 'SQS_ENDPOINT',
  events: 'EVENTS_ENDPOINT',
} as const satisfies Record<keyof ServiceEndpoints, string>;

/** Runs a call to another process; the caller may keep time from passing meanwhile. */
export type DuringCall = <T>(call: () => Promise<T>) => Promise<T>;

/** Invokes functions at the Lambda API of an emulator (SAM local, another runtime). */
export function remoteFunctions(endpoints: ServiceEndpoints, during: DuringCall): FunctionInvoker {
  const invoke = (functionName: string, payload: string, type: string): Promise<InvocationResult> =>
    during(async () => {
      const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
      const headers = { 'x-amz-invocation-type': type };
      const answer = await post(endpoints, 'lambda', { path, headers, body: payload });
      const functionError = answer.headers.get('x-amz-function-error');
      const body = await answer.text();
      if (!answer.ok) throw awsError(body, answer);
      return { payload: body, ...(functionError !== null && { functionError: 'Unhandled' as const }) };
    });
  return {
    invoke: (functionName, payload) => invoke(functionName, payload, 'RequestResponse'),
    invokeAsync: async (functionName, payload) => void (await invoke(functionName, payload, 'Event')),
  };
}

/** What names an operation in the JSON protocols. */
const JSON_PROTOCOL = {
  dynamodb: { endpoint: 'dynamodb', targetPrefix: 'DynamoDB_20120810', contentType: 'application/x-amz-json-1.0' },
  sqs: { endpoint: 'sqs', targetPrefix: 'AmazonSQS', contentType: 'application/x-amz-json-1.0' },
  eventbridge: { endpoint: 'events', targetPrefix: 'AWSEvents', contentType: 'application/x-amz-json-1.1' },
} as const;

/** Calls the API actions of other emulators. */
export function remoteIntegrations(endpoints: ServiceEndpoints, during: DuringCall): SdkIntegrations {
  return {
    // Any call may be mocked; which actions AWS has, nobody here knows.
    supports: () => true,
    call: (service, action, parameters) =>
      during(async () => {
        const { endpoint, targetPrefix, contentType } = protocolOf(service);
        const operation = action.charAt(0).toUpperCase() + action.slice(1);
        const headers = { 'content-type': contentType, 'x-amz-target': `${targetPrefix}.${operation}` };
        const answer = await post(endpoints, endpoint, { path: '/', headers, body: JSON.stringify(parameters) });
        const body = await answer.text();
        if (!answer.ok) throw awsError(body, answer);
        return JSON.parse(body === '' ? '{}' : body) as JsonObject;
      }),
  };
}

function protocolOf(service: string): (typeof JSON_PROTOCOL)[keyof typeof JSON_PROTOCOL] {
  if (Object.hasOwn(JSON_PROTOCOL, service)) return JSON_PROTOCOL[service as keyof typeof JSON_PROTOCOL];
  throw new AwsError('SdkClientException', `The state is not mocked, and ${service} has no endpoint here`, 500);
}

interface Post {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function post(endpoints: ServiceEndpoints, service: keyof ServiceEndpoints, request: Post): Promise<Response> {
  const endpoint = endpoints[service];
  if (endpoint === undefined) {
    const message = `The state is not mocked, and ${ENDPOINT_VARIABLES[service]} is not set`;
    throw new AwsError('SdkClientException', message, 500);
  }
  const headers = { authorization: scopeOf(service), ...request.headers };
  try {
    return await fetch(new URL(request.path, endpoint), { method: 'POST', headers, body: request.body });
  } catch (error) {
    throw new AwsError(
      'SdkClientException',
      `${endpoint} does not answer: ${String((error as Error).cause ?? error)}`,
      500,
    );
  }
}

/** Emulators tell the service by the scope of the credentials; none of them checks the signature. */
function scopeOf(service: string): string {
  return `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

function awsError(body: string, { status, headers }: Response): AwsError {
  let fields: { __type?: string; message?: string; Message?: string } = {};
  try {
    fields = JSON.parse(body) as typeof fields;
  } catch {
    // Not every emulator answers its own faults in JSON; the text is the message then.
    fields = { message: body };
  }
  const code = (headers.get('x-amzn-errortype') ?? fields.__type ?? 'ServiceException')
    .split(':')[0]!
    .split('#')
    .at(-1)!;
  return new AwsError(code, fields.message ?? fields.Message ?? body, status);
}
