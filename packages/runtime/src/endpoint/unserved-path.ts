import type { IncomingHttpHeaders } from 'node:http';
import type { RestResponse } from './aws-api.ts';
import type { AwsError } from '../services/shared/aws-error.ts';
import { xmlElement, xmlText } from '../services/shared/xml.ts';
import { unsupportedCall } from './unsupported-call.ts';

/** Services of the REST protocol in XML, by the name that signs their requests. */
const XML_SERVICES: ReadonlySet<string> = new Set(['cloudfront', 'route53', 's3', 's3-object-lambda', 's3express']);

/** A call by path that no service here answers. */
export interface UnservedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
}

/**
 * Refuses a call in the protocol that its client reads, where that is not JSON. Who it is for is told by the signature,
 * and by the header of Smithy's RPC protocol.
 * @throws AwsError UnknownOperationException, which is answered in JSON.
 */
export function refuseUnserved({ method, path, headers, requestId }: UnservedCall): RestResponse {
  const error = unsupportedCall(`${method} ${path}`, 'UnknownOperationException', 404);
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return cborResponse(error);
  const [, service = ''] = /Credential=[^/]+\/\d+\/[\w-]*\/([\w-]+)\//.exec(headers.authorization ?? '') ?? [];
  if (!XML_SERVICES.has(service)) throw error;
  const content = xmlText('Code', error.code) + xmlText('Message', error.message);
  const id = xmlText('RequestId', requestId);
  const body = service.startsWith('s3')
    ? xmlElement('Error', content + id)
    : xmlElement('ErrorResponse', xmlElement('Error', xmlText('Type', 'Sender') + content) + id);
  return { statusCode: error.statusCode, headers: { 'content-type': 'application/xml' }, body };
}

/** A map of two texts in CBOR (RFC 8949). @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
function cborResponse({ code, message, statusCode }: AwsError): RestResponse {
  const texts = ['__type', code, 'message', message].map(cborText);
  const headers = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };
  return { statusCode, headers, body: Buffer.concat([Buffer.of(0xa2), ...texts]) };
}

/** Up to 65,535 bytes, with the length in two of them. */
function cborText(text: string): Buffer {
  const bytes = Buffer.from(text).subarray(0, 0xffff);
  return Buffer.concat([Buffer.of(0x79, bytes.length >> 8, bytes.length & 0xff), bytes]);
}
