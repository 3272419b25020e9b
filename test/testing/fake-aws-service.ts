import { createServer } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

/** A call as it came over the wire. */
export interface RecordedCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Answers one operation: a result, or `{ error }` by the service's name for it, with the error's own fields. */
export type Answer = (input: Readonly<Record<string, unknown>>) => object | { readonly error: string };

/** A stand-in for an AWS service that speaks its JSON protocol and answers as the test tells it. */
export interface FakeAwsService {
  readonly endpoint: string;
  readonly calls: RecordedCall[];
  answer(operation: string, answer: Answer): void;
  /** Forgets calls and answers. */
  reset(): void;
  stop(): Promise<void>;
}

/** @param target the service's name in the `x-amz-target` header, e.g. `AWSStepFunctions`. */
export async function startFakeAwsService(target: string): Promise<FakeAwsService> {
  const calls: RecordedCall[] = [];
  const answers = new Map<string, Answer>();
  const server = createServer((request, response) => {
    void (async () => {
      const operation = String(request.headers['x-amz-target']).replace(`${target}.`, '');
      const input = JSON.parse(await text(request)) as Record<string, unknown>;
      calls.push({ operation, input });
      const outcome = answers.get(operation)?.(input) ?? { error: 'UnrecognizedClientException' };
      const failed = 'error' in outcome;
      const answer = failed ? { ...outcome, __type: outcome.error, message: 'as the test asked' } : outcome;
      response.writeHead(failed ? 400 : 200, { 'content-type': String(request.headers['content-type']) });
      response.end(JSON.stringify(answer));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (operation, answer) => void answers.set(operation, answer),
    reset() {
      calls.length = 0;
      answers.clear();
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
