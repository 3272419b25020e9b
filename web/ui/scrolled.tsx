import type { ComponentChildren } from 'preact';

interface ScrolledProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** What may be wider than a narrow page scrolls by itself, also with the keyboard. */
export function Scrolled({ label, children }: ScrolledProps) {
  return (
    <div class="scrolled" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
