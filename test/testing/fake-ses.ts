import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as SES v2 gets it: `SendEmail`'s JSON body. */
export interface SentMail {
  readonly FromEmailAddress: string;
  readonly Destination: { readonly ToAddresses: readonly string[] };
  readonly Content: {
    readonly Simple: {
      readonly Subject: { readonly Data: string };
      readonly Body: { readonly Text: { readonly Data: string }; readonly Html: { readonly Data: string } };
      readonly Headers: readonly { readonly Name: string; readonly Value: string }[];
    };
  };
}

/** How the next calls go: refused, or taken with an answer that never arrives. */
export type SesFault = 'throttled' | 'answerLost';

/** A stand-in for SES that speaks its REST protocol and remembers what it took. */
export interface FakeSes {
  readonly endpoint: string;
  /** Mails that were taken, in their order. */
  readonly mails: SentMail[];
  /** Faults of the next calls, in their order. */
  readonly faults: SesFault[];
  reset(): void;
  stop(): Promise<void>;
}

export async function startFakeSes(): Promise<FakeSes> {
  const mails: SentMail[] = [];
  const faults: SesFault[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const fault = faults.shift();
      if (request.url !== '/v2/email/outbound-emails') return void response.writeHead(404).end('{}');
      if (fault === 'throttled') {
        response.writeHead(429, { 'x-amzn-errortype': 'TooManyRequestsException' }).end('{"message":"slow down"}');
        return;
      }
      mails.push(JSON.parse(body) as SentMail);
      if (fault === 'answerLost') return void request.socket.destroy();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ MessageId: `message-${mails.length}` }));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    faults,
    reset() {
      mails.length = 0;
      faults.length = 0;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
