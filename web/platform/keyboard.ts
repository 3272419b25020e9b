import { signal } from '@preact/signals';
import { goTo, addressOf } from './router.ts';

export const isHelpOpen = signal(false);

export const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['/', 'search orders'],
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['l', 'large letters, for a projector'],
  ['?', 'this help'],
  ['Esc', 'close it'],
];

const LARGE = 'large';

export function startKeyboard(): void {
  if (localStorage.getItem(LARGE) === 'yes' || /[?&]present\b/.test(location.hash)) setLarge(true);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = actionOf(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

export function toggleLarge(): void {
  setLarge(!document.documentElement.classList.contains(LARGE));
}

function setLarge(isLarge: boolean): void {
  document.documentElement.classList.toggle(LARGE, isLarge);
  localStorage.setItem(LARGE, isLarge ? 'yes' : 'no');
}

function actionOf(key: string): (() => void) | undefined {
  switch (key) {
    case '/':
      return search;
    case 'j':
      return () => moveRow(1);
    case 'k':
      return () => moveRow(-1);
    case 'l':
      return toggleLarge;
    case '?':
      return () => (isHelpOpen.value = true);
    default:
      return undefined;
  }
}

function search(): void {
  const field = document.querySelector<HTMLElement>('[type=search]');
  if (field) field.focus();
  else goTo(addressOf(['orders'], { focus: 'search' }));
}

/** Rows are links or buttons, so that Enter opens them without a word from us. */
function moveRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const now = rows.findIndex((row) => row === document.activeElement);
  const next = now === -1 ? (step === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, now + step));
  rows[next]?.focus();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
