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

/**
 * Resolves when changes are heard of, or when it is known that they are not yet. What is read after that misses none, so
 * that the first connection asks nobody to look again.
 */
export function startLive({ live }: Pick<PageConfig, 'live'>): Promise<void> {
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) tell(ANYTHING);
  });
  if (live === 'events') return listen();
  connection.value = 'open';
  return Promise.resolve();
}

function listen(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const source = new EventSource('live');
  source.onopen = () => {
    const wasLost = connection.value === 'lost';
    connection.value = 'open';
    if (wasLost) tell(ANYTHING);
    resolve();
  };
  // The browser connects again by itself, unless the server refused.
  source.onerror = () => {
    connection.value = 'lost';
    if (source.readyState === EventSource.CLOSED) setTimeout(() => void listen(), 1_000);
    resolve();
  };
  source.onmessage = ({ data }: MessageEvent<string>) => {
    if (data === 'page') location.reload();
    else tell(data);
  };
  return promise;
}

function tell(subject: string): void {
  for (const listener of listeners) listener(subject);
}
