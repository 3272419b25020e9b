import type { LoggedLine, ServiceEvent } from '@order-workflow/runtime';
import * as z from 'zod';
import { colors } from '../colors.ts';
import { parseLogLine } from '../logs/log-line.ts';
import { moneyText } from '../../events/money.ts';
import { coloredStatus } from '../orders/status-color.ts';

const OrderInput = z.looseObject({ orderId: z.string(), totalMinor: z.number(), currency: z.string() });
/** The saga's input is the order, the cancellation's holds it. */
const MachineInput = z.union([OrderInput, z.looseObject({ order: OrderInput }).transform(({ order }) => order)]);
const MachineOutput = z.looseObject({ status: z.string(), reason: z.string().optional() });

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const StatusChange = z.object({
  status: z.string(),
  startDate: z.number(),
  stopDate: z.number().nullable(),
  /** JSON texts; absent above 248 KiB. */
  input: z.string().nullable(),
  output: z.string().nullable(),
  error: z.string().nullable(),
});

const ERROR_LEVELS = new Set(['ERROR', 'CRITICAL', 'FATAL']);

export interface ActivityOptions {
  readonly print: (line: string) => void;
  /** Entry name of the function that writes to a log group. */
  readonly functionOf: (logGroup: string) => string | undefined;
  /** Errors that workflows name in Retry or Catch: a declined card is a customer's answer, not a fault. */
  readonly expectedErrors: ReadonlySet<string>;
}

/** What happens in a running shop, for the person at the terminal: one line an ended order, one line an error. */
export class Activity {
  readonly #options: ActivityOptions;

  constructor(options: ActivityOptions) {
    this.#options = options;
  }

  noteEvent({ detailType, detail }: ServiceEvent): void {
    if (detailType !== 'Step Functions Execution Status Change') return;
    const change = StatusChange.safeParse(detail);
    if (!change.success || change.data.stopDate === null) return;
    const { input, output, status, error, startDate, stopDate } = change.data;
    const order = MachineInput.safeParse(parsed(input));
    if (!order.success) return; // a machine that is about no order
    const { orderId, totalMinor, currency } = order.data;
    const ended = MachineOutput.safeParse(parsed(output));
    const outcome = ended.success
      ? coloredStatus(ended.data.status, ended.data.reason)
      : `${coloredStatus(status, error ?? undefined)}  ${hint(`orders -- trace ${orderId}`)}`;
    const took = colors.dim(`${stopDate - startDate} ms`);
    this.#print(stopDate, [orderId, moneyText(totalMinor, currency), outcome, took]);
  }

  noteLogLine({ logGroup, message, atMs }: LoggedLine): void {
    if (!mayTellOfAnError(message)) return;
    const { level, text, errorName, orderId, fields } = parseLogLine(message);
    if (!ERROR_LEVELS.has(level)) return;
    if (errorName !== undefined && this.#options.expectedErrors.has(errorName)) return;
    const entry = this.#options.functionOf(logGroup);
    if (entry === undefined) return; // an access log tells of answers, not of faults
    const said = [
      text,
      ...Object.entries(fields).flatMap(([name, value]) => (isId(name) ? [] : `${name}=${String(value)}`)),
    ];
    this.#print(atMs, [colors.red(`✘ ${entry}`), shortened(said.join(' ')), hint(`logs -- ${orderId ?? entry}`)]);
  }

  #print(atMs: number, parts: readonly string[]): void {
    this.#options.print([colors.dim(new Date(atMs).toISOString().slice(11, 23)), ...parts].join('  '));
  }
}

/** Cheap, for every line of every function comes by here. */
function mayTellOfAnError(message: string): boolean {
  return /"level":"(?:ERROR|CRITICAL|FATAL)"|"status":"(?:timeout|failure)"/u.test(message) || !message.startsWith('{');
}

function parsed(json: string | null): unknown {
  return json === null ? undefined : JSON.parse(json);
}

const MAX_TEXT_LENGTH = 160;

function shortened(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH - 1)}…` : text;
}

/** The log says them. */
function isId(field: string): boolean {
  return /(?:Id|^attempt)$/u.test(field);
}

/** Where to look. */
function hint(script: string): string {
  return colors.dim(`→ npm run ${script}`);
}
