import { Problem } from './problem.ts';

/**
 * Calls an AWS API in its JSON protocol, where the page can reach the endpoint.
 * @param target as in `X-Amz-Target`.
 * @throws Problem whose code is AWS's name of the error.
 */
export async function aws<Answer>(target: string, input: unknown): Promise<Answer> {
  const response = await fetch('aws/', {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: JSON.stringify(input),
  });
  const body = (await response.json()) as Answer & { __type?: string; message?: string; code?: string; title?: string };
  if (response.ok) return body;
  const code = body.__type?.split('#').at(-1) ?? body.code ?? `HTTP_${response.status}`;
  throw new Problem(response.status, { title: body.message ?? body.title ?? code, code });
}
