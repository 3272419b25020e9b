import type { TestAnswer } from '../testing/http-events.ts';
import type { ApiDocument, Operation } from './api-document.ts';

/** What of an answer is not as the document says; undefined when all is. */
export function answerFault(document: ApiDocument, operation: Operation, answer: TestAnswer): string | undefined {
  const { status, headers, body } = answer;
  const response = operation.responses[String(status)];
  if (status >= 500) return `a fault of ours: ${status}`;
  if (response === undefined) return `status ${status} is not documented`;
  for (const [name, { required }] of Object.entries(response.headers ?? {})) {
    if (required && headers[name] === undefined) return `header ${name} is missing`;
    const fault = headers[name] === undefined ? undefined : HEADER_FAULTS[name]?.(headers[name]);
    if (fault !== undefined) return `header ${name}: ${fault}`;
  }
  if (headers['etag'] !== undefined && response.headers?.['etag'] === undefined)
    return 'an ETag that is not documented';
  if (response.content === undefined) return body === undefined ? undefined : 'a body where none is documented';
  const mediaType = headers['content-type']?.split(';')[0] ?? '';
  const content = response.content[mediaType];
  if (content === undefined) return `content type "${mediaType}" is not documented`;
  const fault = document.faultOf(content.schema, body);
  if (fault !== undefined) return `the body: ${fault}`;
  return status >= 400 ? problemFault(answer) : undefined;
}

const HEADER_FAULTS: Readonly<Record<string, (value: string) => string | undefined>> = {
  etag: (value) => (/^"\d+"$/.test(value) ? undefined : `${value} is no strong tag of a version`),
  location: (value) => (/^\/(?:products|orders)\/[^/]+$/.test(value) ? undefined : `${value} leads nowhere`),
  'retry-after': (value) => (/^\d+$/.test(value) ? undefined : `${value} are no seconds`),
};

function problemFault({ status, headers, body }: TestAnswer): string | undefined {
  if (status === 401 && headers['www-authenticate'] === undefined && body.code !== 'SIGNATURE_INVALID') {
    return 'WWW-Authenticate is missing (RFC 9110, section 11.6.1)';
  }
  if (body.status !== undefined && body.status !== status) return `the body says ${body.status}`;
  return undefined;
}
