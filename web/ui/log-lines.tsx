import { Empty } from './notes.tsx';
import { Moment } from './moment.tsx';

/** A line as the command line tells it. */
export interface LogLine {
  readonly entry: string;
  readonly atMs: number;
  readonly level: string;
  readonly text: string;
  /** Frames of an error, with the source's own file and line. */
  readonly stack: readonly string[];
}

export function LogLines({ lines }: { readonly lines: readonly LogLine[] }) {
  if (lines.length === 0) return <Empty>Nothing was logged.</Empty>;
  return (
    <ol class="log" tabIndex={0} aria-label="Log">
      {lines.map(({ entry, atMs, level, text, stack }, index) => (
        <li key={index} class={/ERROR|FATAL|CRITICAL/.test(level) ? 'bad' : ''}>
          <Moment at={atMs} /> <b>{entry}</b> {level !== '' && level !== 'INFO' && <b>{level}</b>} {text}
          {stack.length > 0 && (
            <pre tabIndex={0} aria-label="Stack">
              {stack.join('\n')}
            </pre>
          )}
        </li>
      ))}
    </ol>
  );
}
