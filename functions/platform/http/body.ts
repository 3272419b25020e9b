import { headerOf, type HttpEvent } from './http-event.ts';
import { ProblemError } from './problem.ts';
import { parseStrictJson, StrictJsonError } from './strict-json.ts';

/** More than any request of ours: a product's description is the longest text. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * The JSON of the body.
 * @throws ProblemError BODY_MALFORMED, BODY_TOO_LARGE or MEDIA_TYPE_UNSUPPORTED.
 */
export function jsonBodyOf(event: HttpEvent): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw new ProblemError('BODY_TOO_LARGE', { detail: `Send at most ${MAX_BODY_BYTES} bytes` });
  }
  if (bytes.length === 0) throw new ProblemError('BODY_MALFORMED', { detail: 'Send a body' });
  requirePlainJson(event);
  return valueOf(textOf(event, bytes));
}

/** JSON has no parameter that says how it is read (RFC 8259, section 11); many say what is always so. */
const PLAIN_JSON = /^application\/json(?:\s*;\s*charset\s*=\s*"?utf-?8"?)?\s*;?$/i;

/** Nothing is decompressed here, so nothing can expand. */
function requirePlainJson(event: HttpEvent): void {
  const mediaType = headerOf(event, 'content-type')?.trim() ?? '';
  const encoding = headerOf(event, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (!PLAIN_JSON.test(mediaType) || encoding !== 'identity') throw new ProblemError('MEDIA_TYPE_UNSUPPORTED');
}

function textOf(event: HttpEvent, bytes: Buffer): string {
  if (!event.isBase64Encoded) return event.body ?? '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new ProblemError('BODY_MALFORMED', { detail: 'Send it as UTF-8' });
  }
}

function valueOf(text: string): unknown {
  try {
    return parseStrictJson(text);
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new ProblemError('BODY_MALFORMED', { detail: error.message });
  }
}
