import * as z from 'zod';
import { MAX_AMOUNT_MINOR } from '../../../events/money.ts';
import { Disposition, MAX_LINES, OrderId, Quantity, Sku } from '../../../events/vocabulary.ts';
import { IdempotencyKey } from '../../platform/http/parameters.ts';
import type { RouteTable } from '../../platform/http/route.ts';
import { line } from '../../platform/http/text.ts';
import { AdminReturnView } from './return-view.ts';

const params = z.strictObject({ orderId: OrderId });
const reason = line(1, 200).meta({ description: 'Why it comes back, for your colleagues' });
const disposition = Disposition.meta({
  description: '`RESTOCK`: the units can be sold again. `WRITE_OFF`: they cannot',
});

const LineToReturn = z.strictObject({
  sku: Sku,
  quantity: Quantity,
  disposition,
  refundMinor: z
    .int()
    .min(0)
    .max(MAX_AMOUNT_MINOR)
    .optional()
    .meta({ description: 'For all units of the line together. Their price when they were sold, unless you say less' }),
});

/** Some units of an order. */
const ReturnOfLines = z
  .strictObject({
    lines: z
      .array(LineToReturn)
      .min(1)
      .max(2 * MAX_LINES)
      .refine((lines) => new Set(lines.map((one) => `${one.sku} ${one.disposition}`)).size === lines.length, {
        error: 'expected each SKU at most once with each disposition',
      }),
    reason,
  })
  .meta({ id: 'ReturnOfLines' });

/** Everything of an order that is not back yet. */
const ReturnOfEverything = z.strictObject({ everything: disposition, reason }).meta({ id: 'ReturnOfEverything' });

/** The routes of returns; `serve-orders` serves them. */
export const returnRoutes = {
  listReturns: {
    method: 'GET',
    path: '/admin/orders/{orderId}/returns',
    access: 'admin',
    summary: 'List the returns of an order',
    details: 'Oldest first.',
    params,
    success: {
      status: 200,
      description: 'The returns of the order',
      body: z.strictObject({ returns: z.array(AdminReturnView) }).meta({ id: 'Returns' }),
    },
    problems: ['ORDER_NOT_FOUND'],
  },
  returnOrder: {
    method: 'POST',
    path: '/admin/orders/{orderId}/returns',
    access: 'admin',
    summary: 'Take shipped units back and refund them',
    details:
      'Of what has left the warehouse, also of an order that left in part: some lines, or everything that is not back ' +
      'yet. The units are in the stock, or written off, at once; the refund follows by itself. An order has one open ' +
      'return at a time, and a return restocks 48 products at most.',
    params,
    headers: z.strictObject({ 'idempotency-key': IdempotencyKey }),
    identifiers: { 'header.idempotency-key': 'opaque', 'body.lines.sku': 'barcode' },
    body: z.union([ReturnOfLines, ReturnOfEverything]),
    success: { status: 202, description: 'The return is accepted, and its refund begins', body: AdminReturnView },
    problems: [
      'ORDER_NOT_FOUND',
      'ORDER_NOT_SHIPPED',
      'RETURN_UNDER_WAY',
      'RETURN_TOO_LARGE',
      'REFUND_TOO_LARGE',
      'STOCK_NOT_COMMITTED',
      'IDEMPOTENCY_MISMATCH',
    ],
  },
} as const satisfies RouteTable;
