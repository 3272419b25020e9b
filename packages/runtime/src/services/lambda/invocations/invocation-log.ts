import type { Clock } from '@order-workflow/states-language/clock';
import type { LogSink } from '../../shared/ports/logs.ts';
import type { InvocationOutcome } from '../environments/execution-environment.ts';
import { LATEST, type FunctionSettings } from '../function-settings.ts';

export interface InvocationReport {
  readonly requestId: string;
  readonly outcome: InvocationOutcome;
  readonly durationMs: number;
  readonly initDurationMs: number | undefined;
}

const LEVELS = ['DEBUG', 'INFO', 'WARN'] as const;
const BYTES_PER_MB = 1024 * 1024;

/** Writes Lambda's own lines (START, END, REPORT or their `platform.*` JSON) of one function to its log group. */
export class InvocationLog {
  readonly #settings: FunctionSettings;
  readonly #sink: LogSink;
  readonly #clock: Clock;

  constructor(settings: FunctionSettings, sink: LogSink, clock: Clock) {
    this.#settings = settings;
    this.#sink = sink;
    this.#clock = clock;
  }

  /** One event of the function's own output. */
  append(text: string): void {
    this.#sink.append(this.#settings.logging.logGroup, text, this.#clock.nowMs());
  }

  started(requestId: string): string[] {
    if (this.#settings.logging.format === 'Text')
      return this.#write([`START RequestId: ${requestId} Version: ${LATEST}`]);
    return this.#enabled('INFO') ? this.#write([this.#event('platform.start', { requestId, version: LATEST })]) : [];
  }

  ended(report: InvocationReport): string[] {
    if (this.#settings.logging.format === 'Text') return this.#write(this.#textReport(report));
    const level = report.outcome.status === 'success' ? 'INFO' : 'WARN';
    return this.#enabled(level) ? this.#write([this.#jsonReport(report)]) : [];
  }

  #textReport({ requestId, outcome, durationMs, initDurationMs }: InvocationReport): string[] {
    const timings = [
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs)} ms`,
      `Memory Size: ${this.#settings.memorySizeMb} MB`,
      ...(outcome.heapUsedBytes === undefined ? [] : [`Max Memory Used: ${inMb(outcome.heapUsedBytes)} MB`]),
      ...(initDurationMs === undefined ? [] : [`Init Duration: ${initDurationMs.toFixed(2)} ms`]),
      ...(outcome.status === 'success' ? [] : [`Status: ${outcome.status}`]),
    ];
    return [`END RequestId: ${requestId}`, `REPORT RequestId: ${requestId}\t${timings.join('\t')}`];
  }

  #jsonReport({ requestId, outcome, durationMs, initDurationMs }: InvocationReport): string {
    return this.#event('platform.report', {
      requestId,
      metrics: {
        durationMs: inHundredths(durationMs),
        billedDurationMs: Math.ceil(durationMs),
        memorySizeMB: this.#settings.memorySizeMb,
        ...(outcome.heapUsedBytes !== undefined && { maxMemoryUsedMB: inMb(outcome.heapUsedBytes) }),
        ...(initDurationMs !== undefined && { initDurationMs: inHundredths(initDurationMs) }),
      },
      status: outcome.status,
    });
  }

  #event(type: string, record: object): string {
    return JSON.stringify({ time: new Date(this.#clock.nowMs()).toISOString(), type, record });
  }

  #enabled(level: (typeof LEVELS)[number]): boolean {
    return LEVELS.indexOf(level) >= LEVELS.indexOf(this.#settings.logging.systemLogLevel);
  }

  #write(lines: string[]): string[] {
    for (const line of lines) this.append(line);
    return lines;
  }
}

function inMb(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_MB);
}

function inHundredths(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
