import { signal } from '@preact/signals';
import type { PageConfig } from './config.ts';

export type Connection = 'connecting' | 'open' | 'lost';

/** Whether the page hears of changes. Where it asks for itself, it is always open. */
export const connection = signal<Connection>('connecting');

type Listener = (subject: string) => void;
const listeners = new Set<Listener>();

/** Something has changed that nobody named, after a lost connection for instance. */
export const ANYTHING = '*';

/** @returns ends it. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function startLive({ live }: Pick<PageConfig, 'live'>): void {
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) tell(ANYTHING);
  });
  if (live === 'polling') {
    connection.value = 'open';
    return;
  }
  const source = new EventSource('live');
  source.onopen = () => {
    connection.value = 'open';
    tell(ANYTHING);
  };
  // The browser connects again by itself, unless the server refused.
  source.onerror = () => {
    connection.value = 'lost';
    if (source.readyState === EventSource.CLOSED) setTimeout(() => startLive({ live }), 1_000);
  };
  source.onmessage = ({ data }: MessageEvent<string>) => {
    if (data === 'page') location.reload();
    else tell(data);
  };
}

function tell(subject: string): void {
  for (const listener of listeners) listener(subject);
}
