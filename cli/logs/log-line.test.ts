import { expect, test } from 'vitest';
import { formatLog } from './format-log.ts';
import { parseLogLine } from './log-line.ts';

const AT_MS = Date.UTC(2026, 0, 15, 9, 0, 0, 250);
const shown = (message: string, all = false, orderId?: string): string[] =>
  formatLog({ entry: 'charge-payment', atMs: AT_MS, message }, { all, orderId });

test.each<[string, object | string, string[]]>([
  [
    'a line of the logger, with what it carries and without what every line does',
    {
      level: 'INFO',
      message: 'Mail for an order',
      timestamp: 't',
      service: 'notifications',
      orderId: 'o-1',
      outcome: 'sent',
    },
    ['09:00:00.250  charge-payment         INFO   Mail for an order  orderId=o-1 outcome=sent'],
  ],
  [
    'an error in a line, with its stack below',
    {
      level: 'ERROR',
      message: 'Request failed',
      error: { name: 'TypeError', message: 'no', stack: 'TypeError: no\n    at f (a.ts:1:2)' },
    },
    ['09:00:00.250  charge-payment         ERROR  Request failed: TypeError: no', `${' '.repeat(44)}at f (a.ts:1:2)`],
  ],
  [
    'an error that ended an invocation, once',
    {
      level: 'ERROR',
      message: 'Invoke Error TypeError: no\n    at f (a.ts:1:2)',
      errorType: 'TypeError',
      errorMessage: 'no',
      stackTrace: ['TypeError: no', '    at f (a.ts:1:2)'],
    },
    ['09:00:00.250  charge-payment         ERROR  TypeError: no', `${' '.repeat(44)}at f (a.ts:1:2)`],
  ],
  [
    'text that is no JSON',
    'hello\rworld',
    ['09:00:00.250  charge-payment                hello', `${' '.repeat(44)}world`],
  ],
  ['half a JSON', '{"level":"INFO","mess', ['09:00:00.250  charge-payment                {"level":"INFO","mess']],
  ['no line of Lambda itself', { time: 't', type: 'platform.start', record: {} }, []],
  ['no line of Lambda itself in text', 'START RequestId: 1 Version: $LATEST', []],
  ['no measurement', { _aws: { CloudWatchMetrics: [] }, OrdersConfirmed: 1 }, []],
  [
    'an invocation that ran out of time',
    { type: 'platform.report', record: { status: 'timeout', metrics: {} } },
    ['09:00:00.250  charge-payment         ERROR  the invocation ended in timeout'],
  ],
])('%s is shown', (_title, line, lines) => {
  expect(shown(typeof line === 'string' ? line : JSON.stringify(line))).toEqual(lines);
});

test('what is hidden is shown when everything is asked for', () => {
  expect(shown('START RequestId: 1 Version: $LATEST', true)).toHaveLength(1);
  expect(shown('{"_aws":{},"OrdersConfirmed":1}', true)).toHaveLength(1);
});

test('the order that was asked for does not stand on every line', () => {
  const [line] = shown('{"level":"INFO","message":"x","orderId":"o-1"}', false, 'o-1');
  expect(line).not.toContain('o-1');
});

test.each(['', '{}', '{"level":7}', 'null', '{"error":"text","level":"ERROR"}'])(
  '%j is no reason to fail',
  (message) => {
    expect(() => parseLogLine(message)).not.toThrow();
  },
);
