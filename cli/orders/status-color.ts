import { colors } from '../colors.ts';

/** A status in the colour of what it means: good, bad, or on its way. */
export function coloredStatus(status: string, reason?: string): string {
  const text = [status, reason].filter(Boolean).join(' ');
  if (['CANCELLED', 'FAILED', 'TIMED_OUT', 'ABORTED'].includes(status)) return colors.red(text);
  if (['CONFIRMED', 'SHIPPED', 'DELIVERED'].includes(status)) return colors.green(text);
  return colors.yellow(text);
}
