import { Problem, type ProblemDocument } from './problem.ts';

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** By when the answer must be here. */
  readonly timeoutMs?: number;
}

export interface HttpAnswer<Body> {
  readonly body: Body;
  /** The version of what was read, for If-Match. */
  readonly etag: string | undefined;
}

/** A silent server must not look like a slow one for ever. */
const TIMEOUT_MS = 20_000;

/** Calls this origin. @throws Problem for every answer that is no success; TypeError when nothing answers. */
export async function send<Body>(
  path: string,
  { method = 'GET', headers, body, timeoutMs = TIMEOUT_MS }: HttpRequest = {},
): Promise<HttpAnswer<Body>> {
  const response = await fetch(path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  if (!response.ok) throw new Problem(response.status, documentOf(text), response.headers.get('retry-after'));
  return {
    body: (text === '' ? undefined : JSON.parse(text)) as Body,
    etag: response.headers.get('etag') ?? undefined,
  };
}

/** API Gateway's own refusals are `{message}`, and what stands before it may answer with a page. */
function documentOf(text: string): ProblemDocument {
  try {
    const parsed = JSON.parse(text) as ProblemDocument & { message?: string };
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // No JSON: the status says all that there is.
    return {};
  }
}
