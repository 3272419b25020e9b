import type { LogSink } from '../shared/ports/logs.ts';

/** `AccessLogSettings` of a stage. */
export interface AccessLogSettings {
  readonly logGroup: string;
  /** Text with `$context.…` variables. */
  readonly format: string;
}

/** Values of `$context` variables, by name without the `$context.` */
export type AccessLogContext = Readonly<Record<string, string | number | undefined>>;

/**
 * Writes one line for each request as the stage's format says. A value is escaped as inside a JSON string, so that
 * nothing a client sends can end a field or a line; an unknown variable is `-`.
 */
export class AccessLog {
  readonly #logs: LogSink;
  readonly #logGroup: string;
  readonly #parts: readonly (string | { readonly variable: string })[];

  constructor(logs: LogSink, settings: AccessLogSettings) {
    this.#logs = logs;
    this.#logGroup = settings.logGroup;
    this.#parts = settings.format
      .split(/\$context\.([\w.:-]*\w)/)
      .map((text, index) => (index % 2 === 0 ? text : { variable: text }));
  }

  write(context: AccessLogContext, atMs: number): void {
    const fields = this.#parts.map((part) => (typeof part === 'string' ? part : escaped(context[part.variable])));
    this.#logs.append(this.#logGroup, fields.join(''), atMs);
  }
}

function escaped(value: string | number | undefined): string {
  return value === undefined || value === '' ? '-' : JSON.stringify(String(value)).slice(1, -1);
}
