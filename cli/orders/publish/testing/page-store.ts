import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface StoredFile {
  readonly key: string;
  readonly body: string;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
}

export interface PageStore {
  readonly endpointUrl: string;
  /** In the order in which they came. */
  readonly files: StoredFile[];
  /** Paths of each invalidation, and the distribution that it was for. */
  readonly invalidations: { readonly distributionId: string; readonly paths: string; readonly afterFiles: number }[];
  close(): Promise<void>;
}

const BUCKET = 'shop-page';

/**
 * Stands for what a publication asks of S3 and CloudFront, in their REST protocols with XML: PutObject (by path) of one
 * bucket, and CreateInvalidation. Signatures are not checked. Anything else is refused as S3 refuses it.
 */
export async function startPageStore(): Promise<PageStore> {
  const files: PageStore['files'] = [];
  const invalidations: PageStore['invalidations'] = [];
  const server = createServer((request, response) => {
    void answer(request, { files, invalidations }).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    invalidations,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

async function answer(
  request: IncomingMessage,
  { files, invalidations }: Pick<PageStore, 'files' | 'invalidations'>,
): Promise<{ status: number; body: string }> {
  const { pathname } = new URL(request.url ?? '/', 'http://aws');
  const body = (await buffer(request)).toString('utf8');
  const [, bucket, key] = /^\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
  const [, distributionId] = /^\/2020-05-31\/distribution\/(\w+)\/invalidation$/.exec(pathname) ?? [];
  if (request.method === 'POST' && distributionId !== undefined) {
    invalidations.push({
      distributionId,
      paths: /<Path>(.*?)<\/Path>/.exec(body)?.[1] ?? '',
      afterFiles: files.length,
    });
    return { status: 201, body: `<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>` };
  }
  if (request.method !== 'PUT' || key === undefined) return refusal(405, 'MethodNotAllowed');
  if (bucket !== BUCKET) return refusal(404, 'NoSuchBucket');
  const { 'content-type': contentType, 'cache-control': cacheControl } = request.headers;
  files.push({ key, body: unchunked(body), contentType, cacheControl });
  return { status: 200, body: '' };
}

/** SDKs send a body in signed chunks with a checksum after it (`aws-chunked`, S3 API reference). */
function unchunked(body: string): string {
  return /^[0-9a-f]+(?:;[^\r]*)?\r\n([\s\S]*?)\r\n0(?:;[^\r]*)?\r\n/.exec(body)?.[1] ?? body;
}

function refusal(status: number, code: string): { status: number; body: string } {
  return { status, body: `<Error><Code>${code}</Code><Message>${code}</Message></Error>` };
}
