import { colors } from '../colors.ts';
import type { LogLine } from './log-line.ts';
import { parseLogLine } from './log-line.ts';
import type { LogEntry } from './read-logs.ts';

const LEVEL_COLORS: Readonly<Record<string, (text: string) => string>> = {
  ERROR: colors.red,
  CRITICAL: colors.red,
  FATAL: colors.red,
  WARN: colors.yellow,
  DEBUG: colors.dim,
  TRACE: colors.dim,
};

export interface LogFormat {
  /** Also Lambda's own lines and measurements. */
  readonly all: boolean;
  /** The order that was asked for: its id need not stand on every line. */
  readonly orderId?: string | undefined;
}

/** An entry as lines for a person: what happened on the first, the stack of an error below. */
export function formatLog({ entry, atMs, message }: LogEntry, { all, orderId }: LogFormat): string[] {
  const line = parseLogLine(message);
  if (line.isMachinery && !all) return [];
  const color = LEVEL_COLORS[line.level] ?? ((text: string): string => text);
  const head = [
    colors.dim(new Date(atMs).toISOString().slice(11, 23)),
    colors.cyan(entry.padEnd(ENTRY_WIDTH)),
    color(line.level.padEnd(LEVEL_WIDTH)),
    color(line.text),
    fieldsOf(line, orderId),
  ];
  return [head.filter(Boolean).join('  ').trimEnd(), ...line.stack.map((frame) => colors.dim(`${INDENT}${frame}`))];
}

const ENTRY_WIDTH = 21;
const LEVEL_WIDTH = 5;
const INDENT = ' '.repeat(12 + 2 + ENTRY_WIDTH + 2 + LEVEL_WIDTH + 2);

function fieldsOf({ fields, orderId }: LogLine, known: string | undefined): string {
  const shown = { ...(orderId !== undefined && orderId !== known && { orderId }), ...fields };
  return Object.entries(shown)
    .map(([name, value]) => `${colors.dim(`${name}=`)}${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
