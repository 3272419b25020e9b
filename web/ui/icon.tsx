/** Drawn here, so that no font decides what they look like. Beside each stand words: an icon alone says nothing. */
const PATHS = {
  done: 'M4.5 12.5l5 5L19.5 7',
  failed: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  undone: 'M9 6L4.5 10.5 9 15M5 10.5h9a5 5 0 0 1 0 10h-3',
  waiting: 'M12 6.5V12l3.5 2.5M12 3.5a8.5 8.5 0 1 0 .01 0',
  running: 'M8.5 5.5v13l10.5-6.5z',
  idle: 'M12 9.5a2.5 2.5 0 1 0 .01 0',
  alert: 'M12 4L3.5 19h17zM12 10v4M12 16.6v.2',
  shipped: 'M3 7h11v9H3zM14 10h4l3 3v3h-7M7.5 16.5a1.8 1.8 0 1 0 .01 0M17 16.5a1.8 1.8 0 1 0 .01 0',
  search: 'M10.5 4.5a6 6 0 1 0 .01 0M15 15l5 5',
  basket: 'M4 9h16l-1.6 10H5.6zM8.5 9l3-5M15.5 9l-3-5',
  copy: 'M9 9h10v11H9zM6 15H5V4h10v2',
  arrow: 'M5 12h13M13 6.5l5.5 5.5-5.5 5.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** For drawings that hold icons themselves. */
export function iconPath(name: IconName): string {
  return PATHS[name];
}
