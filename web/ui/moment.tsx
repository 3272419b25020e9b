const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

const localTime = new Intl.DateTimeFormat('en-GB', TIME);
const localDay = new Intl.DateTimeFormat('en-GB', DAY);
const utcTime = new Intl.DateTimeFormat('en-GB', { ...TIME, timeZone: 'UTC' });

/** A moment where the reader is, with UTC beside it, which is what logs say; once where both are the same. */
export function Moment({ at, withUtc = false }: { readonly at: string | number; readonly withUtc?: boolean }) {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return <span>unknown time</span>;
  const utc = date.getTimezoneOffset() === 0 ? 'UTC' : `${utcTime.format(date)} UTC`;
  return (
    <time dateTime={date.toISOString()} title={date.toISOString()}>
      {isToday(date) ? '' : `${localDay.format(date)}, `}
      {localTime.format(date)}
      {withUtc && <span class="quiet"> {utc}</span>}
    </time>
  );
}

function isToday(date: Date): boolean {
  return date.toDateString() === new Date().toDateString();
}

/** `340 ms`, `2.4 s`, `3 min 20 s`, `2 h 5 min`: two parts at most. */
export function durationText(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
