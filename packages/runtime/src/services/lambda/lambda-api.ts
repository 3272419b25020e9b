import type { AwsRestApi, JsonObject, RestRequest, RestResponse } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { integerBetween, integerInQuery, pageOf } from '../shared/aws-input.ts';
import { restInput } from '../shared/json-api.ts';
import { jsonResponse, restApi, route } from '../shared/rest-routes.ts';
import { functionConfiguration, functionDescription } from './function-configuration.ts';
import { LATEST } from './function-settings.ts';
import type { FunctionRunner } from './invocations/function-runner.ts';
import type { LambdaService } from './lambda-service.ts';
import { mappingConfiguration } from './mappings/mapping-configuration.ts';
import { versionRoutes } from './versions/version-routes.ts';

const MAX_PAYLOAD_BYTES = 6_291_456;
const MAX_ASYNC_PAYLOAD_BYTES = 1_048_576;
const LOG_TAIL_BYTES = 4096;
const INVALID = 'InvalidParameterValueException';
/** API reference, ListFunctions and ListEventSourceMappings: more may be asked for than a page holds. */
const MAX_ITEMS = 10_000;
/** API reference, UpdateEventSourceMapping. */
const MAX_BATCH = 10_000;
const MAX_WINDOW_SECONDS = 300;
/** Of an account's thousand a hundred stay unreserved (Lambda Developer Guide, Configuring reserved concurrency). */
const MAX_RESERVED = 900;

/** Lambda's REST API, as far as it is about using functions; they are created by the template alone. */
export function lambdaApi(service: LambdaService): AwsRestApi {
  return restApi([
    route('POST', '/2015-03-31/functions/{name}/invocations', (request, { name }) => invoke(service, request, name)),
    route('GET', '/2015-03-31/functions', (request) => listFunctions(service, request)),
    route('GET', '/2015-03-31/functions/{name}', (request, { name }) =>
      jsonResponse(functionDescription(service.described(qualified(name, request)))),
    ),
    route('GET', '/2015-03-31/functions/{name}/configuration', (request, { name }) =>
      jsonResponse(functionConfiguration(service.described(qualified(name, request)))),
    ),
    route('PUT', '/2017-10-31/functions/{name}/concurrency', (request, { name }) => reserve(service, request, name)),
    route('GET', '/2019-09-30/functions/{name}/concurrency', (_, { name }) =>
      jsonResponse(concurrencyOf(service.runner(name))),
    ),
    route('DELETE', '/2017-10-31/functions/{name}/concurrency', (_, { name }) => {
      service.runner(name).reservedConcurrency = undefined;
      return { statusCode: 204 };
    }),
    route('GET', '/2015-03-31/event-source-mappings', (request) => listMappings(service, request)),
    route('GET', '/2015-03-31/event-source-mappings/{uuid}', (_, { uuid }) =>
      jsonResponse(mappingConfiguration(service.mappings.byUuid(uuid))),
    ),
    route('PUT', '/2015-03-31/event-source-mappings/{uuid}', (request, { uuid }) =>
      updateMapping(service, request, uuid),
    ),
    ...versionRoutes(service),
  ]);
}

async function invoke(service: LambdaService, request: RestRequest, id: string): Promise<RestResponse> {
  const { headers, call } = request;
  const reference = qualified(id, request);
  service.runner(reference);
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const payload = payloadOf(request, type === 'Event' ? MAX_ASYNC_PAYLOAD_BYTES : MAX_PAYLOAD_BYTES);
  switch (type) {
    case 'DryRun':
      return { statusCode: 204 };
    case 'Event':
      await service.invokeAsync(reference, payload, call.requestId);
      return { statusCode: 202 };
    case 'RequestResponse':
      return invokeAndAnswer(service, reference, payload, request);
    default:
      throw new AwsError('InvalidParameterValueException', `Unknown invocation type ${type}.`);
  }
}

/** The function as the request names it: with its own qualifier, or that of the query. */
function qualified(id: string, { query }: RestRequest): string {
  const qualifier = query.get('Qualifier');
  return qualifier === null ? id : `${id}:${qualifier}`;
}

async function invokeAndAnswer(
  service: LambdaService,
  reference: string,
  payload: string,
  { headers, call }: RestRequest,
): Promise<RestResponse> {
  const tail: string[] | undefined = headers['x-amz-log-type'] === 'Tail' ? [] : undefined;
  const clientContext = headers['x-amz-client-context'];
  const result = await service.invokeWith(reference, payload, {
    requestId: call.requestId,
    traceId: headers['x-amzn-trace-id'],
    ...(clientContext !== undefined && { clientContext: Buffer.from(clientContext, 'base64').toString() }),
    ...(tail && { tail }),
  });
  return {
    statusCode: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': result.executedVersion ?? LATEST,
      ...(result.functionError && { 'x-amz-function-error': result.functionError }),
      ...(tail && { 'x-amz-log-result': lastBytes(`${tail.join('\n')}\n`).toString('base64') }),
    },
    body: result.payload,
  };
}

function payloadOf({ body }: RestRequest, largestBytes: number): string {
  if (body.length > largestBytes) {
    const message = `Request must be smaller than ${largestBytes} bytes for the InvokeFunction operation`;
    throw new AwsError('RequestTooLargeException', message, 413);
  }
  if (body.length === 0) return '{}';
  const payload = body.toString();
  try {
    JSON.parse(payload);
  } catch (error) {
    const message = `Could not parse request body into json: ${String(error)}`;
    throw new AwsError('InvalidRequestContentException', message);
  }
  return payload;
}

function lastBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  return bytes.subarray(Math.max(0, bytes.length - LOG_TAIL_BYTES));
}

function listFunctions(service: LambdaService, { query }: RestRequest): RestResponse {
  const page = pageOf(service.functions(), ...pagingOf(query, 50));
  return jsonResponse({
    Functions: page.items.map((settings) => functionConfiguration({ settings })),
    NextMarker: page.nextToken ?? null,
  });
}

function listMappings(service: LambdaService, { query }: RestRequest): RestResponse {
  const functionName = query.get('FunctionName');
  const wantedFunction = functionName === null ? undefined : service.runner(functionName);
  const eventSourceArn = query.get('EventSourceArn');
  const mappings = service.mappings
    .all()
    .filter(({ settings }) => !wantedFunction || service.find(settings.functionReference) === wantedFunction)
    .filter(({ settings }) => eventSourceArn === null || settings.eventSourceArn === eventSourceArn);
  const page = pageOf(mappings, ...pagingOf(query, 100));
  const marker = page.nextToken === undefined ? {} : { NextMarker: page.nextToken };
  return jsonResponse({ EventSourceMappings: page.items.map(mappingConfiguration), ...marker });
}

function pagingOf(query: URLSearchParams, most: number): [limit: number, token: string | undefined, code: string] {
  const asked = integerInQuery(query, 'MaxItems', { min: 1, max: MAX_ITEMS, fallback: most }, INVALID);
  return [Math.min(asked, most), query.get('Marker') ?? undefined, INVALID];
}

/** Zero throttles every invocation (API reference, PutFunctionConcurrency). */
function reserve(service: LambdaService, { body }: RestRequest, name: string): RestResponse {
  const input = restInput('lambda.PutFunctionConcurrency', body, 'InvalidRequestContentException');
  const bounds = { min: 0, max: MAX_RESERVED, fallback: NaN };
  const reserved = integerBetween(input, 'ReservedConcurrentExecutions', bounds, INVALID);
  if (Number.isNaN(reserved)) throw new AwsError(INVALID, 'ReservedConcurrentExecutions is missing.');
  const runner = service.runner(name);
  runner.reservedConcurrency = reserved;
  return jsonResponse(concurrencyOf(runner));
}

function concurrencyOf({ reservedConcurrency }: FunctionRunner): JsonObject {
  return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}

/** Enables, disables, or changes the batching of a mapping; the rest is the template's. */
async function updateMapping(service: LambdaService, request: RestRequest, id: string): Promise<RestResponse> {
  const input = restInput('lambda.UpdateEventSourceMapping', request.body, 'InvalidRequestContentException');
  const { settings } = service.mappings.byUuid(id);
  const size = { min: 1, max: MAX_BATCH, fallback: settings.batchSize };
  const window = { min: 0, max: MAX_WINDOW_SECONDS, fallback: settings.batchingWindowSeconds };
  const mapping = await service.mappings.update(id, {
    ...(typeof input['Enabled'] === 'boolean' && { enabled: input['Enabled'] }),
    batchSize: integerBetween(input, 'BatchSize', size, INVALID),
    batchingWindowSeconds: integerBetween(input, 'MaximumBatchingWindowInSeconds', window, INVALID),
  });
  return jsonResponse(mappingConfiguration(mapping), 202);
}
