import { expect } from 'vitest';
import type { TestAnswer } from './http-events.ts';

/**
 * A problem as a line to compare: `409 BASKET_EMPTY`. Fails for an answer that is no whole problem document, or that
 * shows a stack.
 */
export function problemOf(answer: TestAnswer): string {
  const { status, headers, body } = answer;
  expect({ status, type: headers['content-type'], body }).toMatchObject({
    status,
    type: 'application/problem+json',
    body: { type: `urn:shop:problem:${body?.code}`, status, requestId: 'request-1' },
  });
  expect(JSON.stringify(body)).not.toMatch(/\\n\s+at |\.(?:ts|mjs|js):\d+|Exception/);
  return `${status} ${body.code}`;
}
