import type { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';

/** The SDK writes it last. Inside a value its quotes would be escaped, so that no row's content looks like it. */
const TOKEN = /,"ClientRequestToken":"[^"]+"(?=\}$)/;

/**
 * Takes out the request token that the SDK puts into every transaction, and leaves no way to leave out: undefined makes
 * it write one. Before the request is signed.
 * @throws Error when the SDK wrote it otherwise: that is for a test to find when the SDK is updated.
 */
export function leaveTokenOut(command: TransactWriteCommand): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body?: unknown };
      const body = textOf(request.body);
      const bare = body.replace(TOKEN, '');
      if (bare === body) throw new Error('The transaction has no request token where the SDK used to write it');
      request.body = bare;
      return next(args);
    },
    { step: 'build', priority: 'high', name: 'leaveTokenOut', override: true },
  );
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  throw new Error(`The body of a transaction is ${typeof body}, expected text or bytes`);
}
