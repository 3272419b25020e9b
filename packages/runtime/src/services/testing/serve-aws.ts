import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsCall, AwsJsonApi, AwsQueryApi, AwsRestApi } from '../../endpoint/aws-api.ts';
import { answerQuery, queryParameters } from '../../endpoint/query-protocol.ts';
import { AwsError } from '../shared/aws-error.ts';

/** Serves single services to AWS SDK clients in their own tests; the runtime's endpoint is tested where it lives. */
export async function serveAws(services: {
  readonly json?: readonly AwsJsonApi[];
  readonly rest?: readonly AwsRestApi[];
  readonly query?: readonly AwsQueryApi[];
}): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat((await request.toArray()) as Buffer[]);
    const call: AwsCall = { requestId: randomUUID(), signal: new AbortController().signal };
    try {
      const target = request.headers['x-amz-target'];
      if (typeof target === 'string') return await answerJson(target, body, call, response);
      const url = new URL(request.url ?? '/', 'http://localhost');
      const headers = request.headers as Record<string, string | undefined>;
      const { method = 'GET' } = request;
      const asked = { method, path: url.pathname, query: url.searchParams, headers, body, call };
      const form = queryParameters({ ...asked, contentType: headers['content-type'] });
      if (form) {
        const onFault = (error: unknown): never => {
          throw error;
        };
        const answered = await answerQuery(services.query ?? [], form, { call, onFault });
        response.writeHead(answered.statusCode, answered.headers ?? {}).end(answered.body);
        return;
      }
      for (const service of services.rest ?? []) {
        const routed = service.route(asked);
        if (!routed) continue;
        const result = await routed;
        response.writeHead(result.statusCode, result.headers ?? {}).end(result.body);
        return;
      }
      response.writeHead(404).end();
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      response.setHeader('x-amzn-errortype', error.code);
      response.writeHead(error.statusCode).end(JSON.stringify({ __type: error.code, message: error.message }));
    }
  }

  async function answerJson(target: string, body: Buffer, call: AwsCall, response: ServerResponse): Promise<void> {
    const [prefix, name = ''] = target.split('.');
    const service = services.json?.find(({ targetPrefix }) => targetPrefix === prefix);
    const operation = service?.operations[name];
    if (!service || !operation) throw new AwsError('UnknownOperationException', target);
    const result = await operation(JSON.parse(body.toString() || '{}'), call);
    response.writeHead(200, { 'content-type': service.contentType }).end(JSON.stringify(result));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
