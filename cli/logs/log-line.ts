import * as z from 'zod';

/** One line of a function's log, as a person wants it. */
export interface LogLine {
  readonly level: string;
  readonly text: string;
  readonly orderId?: string;
  /** Name of the error that the line tells of, e.g. `OutOfStock`. */
  readonly errorName?: string;
  /** Frames of that error's stack. */
  readonly stack: readonly string[];
  /** What else the line says, by name. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Lambda's own lines and measurements: of interest only to who looks for them. */
  readonly isMachinery: boolean;
}

const LoggedError = z.looseObject({
  name: z.string().optional(),
  message: z.string().optional(),
  stack: z.string().optional(),
});

/** A line of the Powertools logger, or of `console` in Lambda's JSON format. */
const JsonLine = z.looseObject({
  level: z.string(),
  message: z.unknown().optional(),
  orderId: z.string().optional(),
  error: LoggedError.optional(),
  errorType: z.string().optional(),
  errorMessage: z.string().optional(),
  errorName: z.string().optional(),
  stackTrace: z.array(z.string()).optional(),
});

/** Lambda's report of an invocation that did not end by itself. */
const FailedReport = z.looseObject({
  type: z.literal('platform.report'),
  record: z.looseObject({ status: z.enum(['timeout', 'failure']) }),
});

/** Fields that say the same on every line of a function, or that the line shows elsewhere. */
const KNOWN_FIELDS = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'sampling_rate',
  'xray_trace_id',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'requestId',
  'orderId',
  'error',
  'errorType',
  'errorMessage',
  'stackTrace',
]);

/** Never throws: what is no JSON, or none of ours, is shown as it is. */
export function parseLogLine(message: string): LogLine {
  const json = parseJson(message);
  if (json === undefined) return plain(message);
  const line = JsonLine.safeParse(json);
  if (line.success && !('_aws' in line.data)) return fromJson(line.data);
  const failed = FailedReport.safeParse(json);
  if (failed.success) return { ...plain(`the invocation ended in ${failed.data.record.status}`), level: 'ERROR' };
  return { ...plain(message), isMachinery: '_aws' in json || String(json['type']).startsWith('platform.') };
}

function fromJson(line: z.infer<typeof JsonLine>): LogLine {
  const errorName = line.errorType ?? line.error?.name ?? line.errorName;
  const stack = line.stackTrace ?? line.error?.stack?.split('\n') ?? [];
  const errorText = [errorName, line.errorMessage ?? line.error?.message].filter(Boolean).join(': ');
  // `console.error('Invoke Error', error)`: the message has the whole stack in it, which comes below.
  const said = line.errorType === undefined ? textOf(line.message) : '';
  return {
    level: line.level.toUpperCase(),
    text: [said, errorText === errorName && said !== '' ? '' : errorText].filter(Boolean).join(': '),
    ...(line.orderId !== undefined && { orderId: line.orderId }),
    ...(errorName !== undefined && { errorName }),
    stack: stack.filter((frame) => /^\s+at /u.test(frame)).map((frame) => frame.trim()),
    fields: Object.fromEntries(Object.entries(line).filter(([name]) => !KNOWN_FIELDS.has(name))),
    isMachinery: false,
  };
}

/** A line that an invocation's end cut, or that is no JSON; its line ends are carriage returns in a log group. */
function plain(message: string): LogLine {
  const [text = '', ...stack] = message.trimEnd().split(/\r\n|\r|\n/u);
  return {
    level: /\bTask timed out\b|\bRuntime exited\b/u.test(text) ? 'ERROR' : '',
    text,
    stack: stack.map((frame) => frame.trim()),
    fields: {},
    isMachinery: /^(?:START|END|REPORT) RequestId: /u.test(text),
  };
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : JSON.stringify(message ?? '');
}

function parseJson(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined; // shown as it is
  }
}
