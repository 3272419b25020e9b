import { signal } from '@preact/signals';

const said = signal('');

/** Says something to whoever cannot see that it happened. */
export function announce(text: string): void {
  // The same words twice would not be read out the second time.
  said.value = said.value === text ? `${text}\u00a0` : text;
}

/** Once in the page, always there: a live region that comes with its text is not read out. */
export function Announcer() {
  return (
    <div class="only-heard" role="status" aria-live="polite">
      {said}
    </div>
  );
}
