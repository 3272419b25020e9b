import type { AwsCall, AwsQueryApi, RestResponse } from './aws-api.ts';
import { AwsError } from '../services/shared/aws-error.ts';
import { xmlElement, xmlText } from '../services/shared/xml.ts';
import { toAwsError } from './error-answer.ts';
import { unsupportedCall } from './unsupported-call.ts';

const EC2 = '2016-11-15';

/** Services whose calls have a version of their own, for the message about a call that nobody serves. */
const VERSIONS: ReadonlyMap<string, string> = new Map([
  ['2010-03-31', 'sns'],
  ['2010-05-08', 'iam'],
  ['2010-05-15', 'cloudformation'],
  ['2010-08-01', 'cloudwatch'],
  ['2010-12-01', 'ses'],
  ['2011-01-01', 'autoscaling'],
  ['2011-06-15', 'sts'],
  ['2012-11-05', 'sqs'],
  ['2012-12-01', 'redshift'],
  ['2014-10-31', 'rds'],
  ['2015-12-01', 'elasticloadbalancing'],
  [EC2, 'ec2'],
]);

interface QueryRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** The parameters of a request in the query protocol: a form, or a URL with an Action. Undefined for another protocol. */
export function queryParameters({ method, path, query, contentType, body }: QueryRequest): URLSearchParams | undefined {
  if (path !== '/') return undefined;
  if (method === 'GET') return query.has('Action') ? query : undefined;
  const isForm = method === 'POST' && contentType?.startsWith('application/x-www-form-urlencoded');
  return isForm ? new URLSearchParams(body.toString('utf8')) : undefined;
}

/**
 * Answers a call of the query protocol, errors too: all in XML, which is what its clients read.
 * @param onFault told of what is answered as InternalFailure.
 */
export async function answerQuery(
  apis: readonly AwsQueryApi[],
  parameters: URLSearchParams,
  { call, onFault }: { readonly call: AwsCall; readonly onFault: (error: unknown) => void },
): Promise<RestResponse> {
  const version = parameters.get('Version') ?? '';
  const action = parameters.get('Action') ?? '';
  const api = apis.find((candidate) => candidate.version === version);
  try {
    const run = api && Object.hasOwn(api.actions, action) ? api.actions[action] : undefined;
    if (!api || !run) throw unsupportedAction(version, action);
    const result = xmlElement(`${action}Result`, await run(parameters, call));
    const metadata = xmlElement('ResponseMetadata', xmlText('RequestId', call.requestId));
    return xmlResponse(200, `${action}Response`, { namespace: api.namespace, content: result + metadata });
  } catch (error) {
    if (!(error instanceof AwsError)) onFault(error);
    const answer = { namespace: api?.namespace, requestId: call.requestId };
    return version === EC2 ? ec2ErrorResponse(error, answer) : errorResponse(error, answer);
  }
}

function unsupportedAction(version: string, action: string): AwsError {
  if (action === '') return new AwsError('MissingAction', 'The request has no parameter Action.');
  const service = VERSIONS.get(version);
  return unsupportedCall(service ? `${service} ${action}` : `${action} (Version ${version})`, 'InvalidAction');
}

interface ErrorAnswer {
  readonly namespace: string | undefined;
  readonly requestId: string;
}

function errorResponse(error: unknown, { namespace, requestId }: ErrorAnswer): RestResponse {
  const { statusCode, code, message } = toAwsError(error);
  const content =
    xmlText('Type', statusCode < 500 ? 'Sender' : 'Receiver') + xmlText('Code', code) + xmlText('Message', message);
  return xmlResponse(statusCode, 'ErrorResponse', {
    namespace,
    content: xmlElement('Error', content) + xmlText('RequestId', requestId),
  });
}

/** EC2 has a form of its own (API reference, "Error codes", Format of an error response). */
function ec2ErrorResponse(error: unknown, { namespace, requestId }: ErrorAnswer): RestResponse {
  const { statusCode, code, message } = toAwsError(error);
  const errors = xmlElement('Errors', xmlElement('Error', xmlText('Code', code) + xmlText('Message', message)));
  return xmlResponse(statusCode, 'Response', { namespace, content: errors + xmlText('RequestID', requestId) });
}

function xmlResponse(
  statusCode: number,
  root: string,
  { namespace, content }: { readonly namespace: string | undefined; readonly content: string },
): RestResponse {
  const opening = namespace === undefined ? root : `${root} xmlns="${namespace}"`;
  return { statusCode, headers: { 'content-type': 'text/xml' }, body: `<${opening}>${content}</${root}>` };
}
