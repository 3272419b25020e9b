import { request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { RequestTraits, TestAnswer } from './http-events.ts';

/** A request as a test of a function describes it, for the real API: a token instead of a caller. */
export interface RealRequest extends Omit<RequestTraits, 'caller' | 'requestId'> {
  readonly token?: string | undefined;
}

/**
 * Sends a request for a route such as `PUT /basket/items/{sku}` as it is: no client library tidies up its path, its
 * headers or its body.
 */
export async function sendOverHttp(apiUrl: string, routeKey: string, sent: RealRequest = {}): Promise<TestAnswer> {
  const [method = '', template = ''] = routeKey.split(' ');
  const path = template.replaceAll(/\{(\w+)\}/g, (_match, name: string) =>
    encodeURIComponent(sent.params?.[name] ?? ''),
  );
  const query = sent.query === undefined ? '' : `?${new URLSearchParams(sent.query).toString()}`;
  const body = sent.body === undefined || typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
  const headers = {
    ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    ...(sent.token !== undefined && { authorization: `Bearer ${sent.token}` }),
    ...Object.fromEntries(Object.entries(sent.headers ?? {}).map(([name, value]) => [name, onTheWire(value)])),
  };
  return sendRaw(apiUrl, { method, path: path + query, headers }, body);
}

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
}

export function sendRaw(
  apiUrl: string,
  { method, path, headers = {} }: RawRequest,
  body?: string,
): Promise<TestAnswer> {
  const { hostname, port } = new URL(apiUrl);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers }, (incoming) => {
      text(incoming).then((answer) => {
        const json = answer === '' ? undefined : (JSON.parse(answer) as unknown);
        resolve({ status: incoming.statusCode ?? 0, headers: flat(incoming.headers), body: json });
      }, reject);
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** Whether the text can be the value of one header: a line break in it would begin another one. */
export function isHeaderValue(value: string): boolean {
  return !/[\r\n\0]/.test(value);
}

/** Node writes headers as Latin-1: a text beyond ASCII goes out as its UTF-8 bytes, as a careless client sends it. */
function onTheWire(value: string): string {
  return Buffer.from(value).toString('latin1');
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}
