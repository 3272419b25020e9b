import { describe, expect, test } from 'vitest';
import { Activity } from './activity.ts';

const AT_MS = Date.UTC(2026, 0, 15, 9, 0, 0, 250);
const ORDER = { orderId: '01K2Z5N8W0CHECK0VTSAMPRE01', totalMinor: 7300, currency: 'EUR', lines: [] };

function told(tell: (activity: Activity) => void): string[] {
  const lines: string[] = [];
  const functionOf = (logGroup: string): string | undefined =>
    logGroup === '/logs/charge' ? 'charge-payment' : undefined;
  tell(new Activity({ print: (line) => lines.push(line), functionOf, expectedErrors: new Set(['PaymentDeclined']) }));
  return lines;
}

describe('an ended order is one line:', () => {
  const ended = {
    status: 'SUCCEEDED',
    startDate: AT_MS - 78,
    stopDate: AT_MS,
    error: null,
    input: JSON.stringify(ORDER),
  };

  test.each<[string, object, string[]]>([
    [
      'confirmed',
      { ...ended, output: '{"status":"CONFIRMED"}' },
      ['09:00:00.250  01K2Z5N8W0CHECK0VTSAMPRE01  73.00 EUR  CONFIRMED  78 ms'],
    ],
    [
      'cancelled, with the reason',
      { ...ended, output: '{"status":"CANCELLED","reason":"OUT_OF_STOCK"}' },
      ['09:00:00.250  01K2Z5N8W0CHECK0VTSAMPRE01  73.00 EUR  CANCELLED OUT_OF_STOCK  78 ms'],
    ],
    [
      'by the cancellation, whose input holds the order',
      { ...ended, input: JSON.stringify({ order: ORDER }), output: '{"status":"CANCELLED","reason":"BY_CUSTOMER"}' },
      ['09:00:00.250  01K2Z5N8W0CHECK0VTSAMPRE01  73.00 EUR  CANCELLED BY_CUSTOMER  78 ms'],
    ],
    [
      'broken, with where to look',
      { ...ended, status: 'FAILED', output: null, error: 'States.Runtime' },
      [
        '09:00:00.250  01K2Z5N8W0CHECK0VTSAMPRE01  73.00 EUR  FAILED States.Runtime  → npm run orders -- trace 01K2Z5N8W0CHECK0VTSAMPRE01  78 ms',
      ],
    ],
    ['not while it runs', { ...ended, status: 'RUNNING', stopDate: null, output: null }, []],
    ['not for a machine that is about no order', { ...ended, input: '{"tea":1}', output: '{}' }, []],
    ['not when the data were too large to be told', { ...ended, input: null, output: null }, []],
  ])('%s', (_title, detail, lines) => {
    const event = { source: 'aws.states', detailType: 'Step Functions Execution Status Change', detail, resources: [] };
    expect(told((activity) => activity.noteEvent(event))).toEqual(lines);
  });
});

describe('an error is one line:', () => {
  test.each<[string, string | object, string[]]>([
    [
      'that a function logged, with the order to look for',
      { level: 'ERROR', message: 'Order parked', orderId: ORDER.orderId, step: 'Refund payment', correlationId: 'c-1' },
      [`09:00:00.250  ✘ charge-payment  Order parked step=Refund payment  → npm run logs -- ${ORDER.orderId}`],
    ],
    [
      'that a function threw',
      {
        level: 'ERROR',
        message: 'Invoke Error TypeError: …',
        errorType: 'TypeError',
        errorMessage: 'x is not iterable',
      },
      ['09:00:00.250  ✘ charge-payment  TypeError: x is not iterable  → npm run logs -- charge-payment'],
    ],
    [
      'that a workflow does not deal with by name; a declined card is an answer',
      { level: 'ERROR', message: '…', errorType: 'PaymentDeclined', errorMessage: 'card_declined' },
      [],
    ],
    [
      'of an invocation that took too long',
      'RequestId: 7 Error: Task timed out after 10.00 seconds',
      [
        '09:00:00.250  ✘ charge-payment  RequestId: 7 Error: Task timed out after 10.00 seconds  → npm run logs -- charge-payment',
      ],
    ],
    ['not for a warning', { level: 'WARN', message: 'Order stopped' }, []],
    ['not for a line that only speaks of one', { level: 'INFO', message: '"level":"ERROR"' }, []],
  ])('%s', (_title, line, lines) => {
    const message = typeof line === 'string' ? line : JSON.stringify(line);
    expect(told((activity) => activity.noteLogLine({ logGroup: '/logs/charge', message, atMs: AT_MS }))).toEqual(lines);
  });

  test('not in the log of something that is no function', () => {
    const message = '{"level":"ERROR","message":"500"}';
    expect(told((activity) => activity.noteLogLine({ logGroup: '/logs/access', message, atMs: AT_MS }))).toEqual([]);
  });
});
