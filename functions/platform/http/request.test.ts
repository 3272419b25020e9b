import { expect, test } from 'vitest';
import * as z from 'zod';
import { ADMIN, send } from '../../../test/testing/http-events.ts';
import type { RouteTable } from './route.ts';
import { serve } from './serve.ts';

const Line = z.strictObject({ sku: z.string(), restock: z.int().optional() });
const routes = {
  book: {
    method: 'POST',
    path: '/returns',
    access: 'admin',
    summary: 'Book',
    body: z.union([
      z.strictObject({ lines: z.array(Line), reason: z.string().optional() }),
      z.strictObject({ everything: z.enum(['RESTOCK', 'WRITE_OFF']), reason: z.string().optional() }),
    ]),
    success: { status: 200, description: 'Booked' },
  },
} as const satisfies RouteTable;
const handler = serve(routes, { book: async () => ({}) });

test.each<[object, string[]]>([
  [{}, ['body.lines']],
  [{ reason: 3 }, ['body.lines', 'body.reason']],
  [{ lines: [{ sku: 'CUP', quantity: 1 }] }, ['body.lines.0']],
  [{ lines: [{ sku: 'CUP', restock: 'one' }] }, ['body.lines.0.restock']],
  [{ everything: 'yes' }, ['body.everything']],
  [{ lines: [], everything: 'RESTOCK' }, ['body']],
  [{ parts: [] }, ['body.lines', 'body']],
])('of a body in one of two forms, %o is told what keeps it from the nearer one', async (body, fields) => {
  const answer = await send(handler, 'POST /returns', { caller: ADMIN, body });
  const errors = answer.body['errors'] as { field: string; message: string }[];
  expect(errors.map(({ field }) => field)).toEqual(fields);
  expect(errors.map(({ message }) => message)).not.toContain('Invalid input');
});
