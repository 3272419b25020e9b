import type { IncomingMessage } from 'node:http';
import type { Clock } from '@order-workflow/states-language/clock';
import { GatewayError } from './gateway-error.ts';

/** Quota "Payload size" of HTTP APIs. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** A body that trickles or never ends holds memory and a socket: it must be here by then. */
export const BODY_DEADLINE_MS = 10_000;

const NOTHING = Buffer.alloc(0);

/** The whole body. @throws GatewayError 413, 408; rejects when the client goes away. */
export function readBody(message: IncomingMessage, clock: Clock): Promise<Buffer> {
  const declared = Number(message.headers['content-length'] ?? 0);
  if (declared > MAX_BODY_BYTES) return Promise.reject(new GatewayError(413));
  if (declared === 0 && message.headers['transfer-encoding'] === undefined) return Promise.resolve(NOTHING);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = clock.at(clock.nowMs() + BODY_DEADLINE_MS, () => stop(new GatewayError(408)));
    const stop = (error: Error): void => {
      timer.cancel();
      message.removeAllListeners('data');
      message.pause();
      reject(error);
    };
    message.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) stop(new GatewayError(413));
      else chunks.push(chunk);
    });
    message.once('end', () => {
      timer.cancel();
      resolve(Buffer.concat(chunks, bytes));
    });
    message.once('error', stop);
    message.once('close', () => stop(new GatewayError(400, { detail: 'The client closed the connection.' })));
  });
}

const TEXT_TYPES = /^(text\/|application\/(json|xml|javascript)\b|application\/[\w.-]+\+(json|xml)\b)/i;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * How a body travels in the event: text as it is, everything else as base64. Text is what the content type says and
 * what is valid UTF-8, so that no byte of a signed body is ever lost.
 */
export function encodeBody(
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const compressed = (headers['content-encoding'] ?? 'identity') !== 'identity';
  if (!compressed && TEXT_TYPES.test(headers['content-type'] ?? '')) {
    const text = decodeUtf8(body);
    if (text !== undefined) return { body: text, isBase64Encoded: false };
  }
  return { body: body.toString('base64'), isBase64Encoded: true };
}

function decodeUtf8(body: Buffer): string | undefined {
  try {
    return utf8.decode(body);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
