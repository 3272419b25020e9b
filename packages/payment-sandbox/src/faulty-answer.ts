import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiAnswer, JsonValue } from './api-answer.ts';
import type { Behaviour } from './behaviours.ts';

const DEFAULT_HUGE_BYTES = 20_000_000;
const DEFAULT_DRIP_MS = 100;

/** Puts an answer on the wire the way an armed behaviour asks for. The work is done and committed. */
export async function writeFaulty(response: ServerResponse, answer: ApiAnswer, fault: Behaviour): Promise<void> {
  switch (fault.kind) {
    case 'dropAfter':
      response.destroy();
      return;
    case 'silentAfter':
      return; // The client gives up by its own timeout.
    case 'malformed':
      writeText(response, '{"id": pi_, oops');
      return;
    case 'truncated':
      writeText(response, JSON.stringify(answer.body).slice(0, 200));
      return;
    case 'html':
      writeText(response, '<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>', 'text/html');
      return;
    case 'huge':
      await writeHuge(response, fault.bytes ?? DEFAULT_HUGE_BYTES);
      return;
    case 'slowDrip':
      await drip(response, JSON.stringify(answer.body), fault.ms ?? DEFAULT_DRIP_MS);
      return;
    default:
      writeAnswer(response, falsified(answer, fault));
  }
}

export function writeAnswer(response: ServerResponse, answer: ApiAnswer): void {
  if (response.destroyed || response.headersSent) return;
  const body = JSON.stringify(answer.body);
  response.writeHead(answer.statusCode, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...answer.headers,
  });
  response.end(body);
}

function writeText(response: ServerResponse, text: string, contentType = 'application/json'): void {
  response.writeHead(200, { 'content-type': contentType });
  response.end(text);
}

/** A JSON string of about `bytes`, made piece by piece so that the sandbox itself stays small. */
function* hugeJson(bytes: number): Generator<string> {
  const piece = 'x'.repeat(64 * 1024);
  yield '{"id":"';
  for (let written = 0; written < bytes; written += piece.length) yield piece;
  yield '"}';
}

async function writeHuge(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  try {
    await pipeline(Readable.from(hugeJson(bytes)), response);
  } catch (error) {
    if (!response.destroyed) throw error; // Otherwise the client had enough, as it should.
  }
}

async function drip(response: ServerResponse, text: string, everyMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  for (const character of text) {
    if (response.destroyed) return;
    response.write(character);
    await delay(everyMs);
  }
  response.end();
}

function falsified(answer: ApiAnswer, fault: Behaviour): ApiAnswer {
  const body = answer.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return answer;
  const changes: Partial<Record<Behaviour['kind'], { [name: string]: JsonValue }>> = {
    wrongAmount: { amount: Number(body['amount']) + 1, amount_received: Number(body['amount_received']) + 1 },
    wrongCurrency: { currency: body['currency'] === 'usd' ? 'eur' : 'usd' },
    wrongOrder: { metadata: { orderId: '01K2Z5N8W0SOMEBODYELSE0001' } },
  };
  return { ...answer, body: { ...body, ...changes[fault.kind] } };
}
