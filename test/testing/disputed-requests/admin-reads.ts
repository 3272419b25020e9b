import { type DisputedRequest } from './disputed-request.ts';
import { CONFIRMED_ORDER, SHIPPED_ORDER, NOT_READ } from './operators-world.ts';

const orders = (rawQueryString: string, answer: string, why: string): DisputedRequest => ({
  route: 'GET /admin/orders',
  what: `the query ${rawQueryString}`,
  query: Object.fromEntries(new URLSearchParams(rawQueryString)),
  rawQueryString,
  answer,
  reason: why,
});
const reads = (route: string, query: Record<string, string>, answer: string, why: string): DisputedRequest => ({
  route,
  what: JSON.stringify(query),
  query,
  answer,
  reason: why,
});

/** What operators read. */
export const READS: readonly DisputedRequest[] = [
  orders('', '200', 'all orders'),
  orders('status=CONFIRMED', '200', 'a status'),
  orders('status=confirmed', '400 VALIDATION_FAILED', 'statuses are written as they are shown'),
  orders('status=', '400 VALIDATION_FAILED', 'to leave it out means all'),
  orders(
    'status=CONFIRMED&status=CANCELLED',
    '400 VALIDATION_FAILED',
    'two values: which of them is meant, nobody knows',
  ),
  orders('status=CONFIRMED,CANCELLED', '400 VALIDATION_FAILED', 'one status at a time'),
  orders('Status=CONFIRMED', '400 VALIDATION_FAILED', 'names have a case'),
  orders('parked=true', '200', 'those that wait'),
  ...['false', '1', 'yes', ''].map((value) =>
    orders(`parked=${value}`, '400 VALIDATION_FAILED', 'a filter that filters otherwise than it says'),
  ),
  orders('customer=', '400 VALIDATION_FAILED', 'nobody is nobody'),
  orders('customer=a%20b', '400 VALIDATION_FAILED', 'customers have no blanks'),
  orders('from=2026-02-30', '400 VALIDATION_FAILED', 'there is no such day'),
  orders('from=2026-01-02&to=2026-01-01', '400 VALIDATION_FAILED', 'it ends before it begins'),
  orders('from=2026-01-01&to=2026-01-01', '200', 'a whole day'),
  orders('from=yesterday', '400 VALIDATION_FAILED', 'whose yesterday'),
  ...['0', '101', '-1', '1.5', '5e1', '0x5', ' 5', ''].map((limit) =>
    orders(`limit=${encodeURIComponent(limit)}`, '400 VALIDATION_FAILED', 'a page has 1 to 100 orders'),
  ),
  orders('cursor=AAAA', '400 CURSOR_INVALID', 'nobody was given it'),
  orders('page=2', '400 VALIDATION_FAILED', NOT_READ),
  reads('GET /admin/shipments', {}, '200', 'there is one list'),
  reads('GET /admin/shipments', { state: 'to-ship' }, '200', 'its name'),
  ...['shipped', 'TO-SHIP', 'to_ship', ''].map((state) =>
    reads('GET /admin/shipments', { state }, '400 VALIDATION_FAILED', 'there is no such list'),
  ),
  reads('GET /admin/dead-letters', { limit: '101' }, '400 VALIDATION_FAILED', 'a page has 1 to 100 messages'),
  {
    route: 'GET /admin/orders/{orderId}/trace',
    what: 'an order id in small letters',
    params: { orderId: CONFIRMED_ORDER.toLowerCase() },
    answer: '400 VALIDATION_FAILED',
    reason: 'one order has one id',
  },
  {
    route: 'GET /admin/orders/{orderId}/returns',
    what: 'a query',
    params: { orderId: SHIPPED_ORDER },
    query: { state: 'OPEN' },
    answer: '400 VALIDATION_FAILED',
    reason: NOT_READ,
  },
];
