import { useEffect, useRef } from 'preact/hooks';
import { Help } from './ui/help.tsx';
import { Announcer, announce } from './ui/announcer.tsx';
import { Header } from './ui/header.tsx';
import { connection } from './platform/live.ts';
import { addressOf, place } from './platform/router.ts';
import { isSignInRefused } from './platform/session.ts';
import { pageAt } from './pages/page-list.ts';
import { useFault } from './ui/use-fault.tsx';

export function App() {
  const { path } = place.value;
  const page = pageAt(path[0] ?? 'start');
  const address = path.join('/');
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const fault = useFault(address);

  useEffect(() => {
    document.title = `${page?.title ?? 'Not found'} · Order workflow`;
    // Whoever hears the page begins to read where the new page begins.
    // A page that has put the focus somewhere itself knows better.
    const isChosen = main.current?.contains(document.activeElement) && main.current !== document.activeElement;
    if (!isFirst.current && !isChosen) main.current?.focus();
    isFirst.current = false;
  }, [address]);

  return (
    <>
      <a class="skip" href={addressOf(path, place.value.query)} onClick={(event) => skip(event, main.current)}>
        Skip to the page
      </a>
      <Header current={path[0] ?? 'start'} />
      <Lost />
      <SignInRefused />
      <main id="main" ref={main} tabIndex={-1} key={path[0] ?? 'start'}>
        {fault ?? (page ? <page.View path={path.slice(1)} /> : <NotFound />)}
      </main>
      <Help />
      <Announcer />
    </>
  );
}

function skip(event: Event, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}

function NotFound() {
  return (
    <>
      <h1>There is no such page</h1>
      <p>
        <a href={addressOf([])}>Go to the start</a>
      </p>
    </>
  );
}

/** A code is good once, for five minutes, and in the tab that asked for it. */
function SignInRefused() {
  if (!isSignInRefused.value) return null;
  return (
    <div class="lost" role="alert">
      The sign-in came to nothing: it was too old, or was begun in another tab. Sign in again.
    </div>
  );
}

/** The browser and the page go on trying. */
function Lost() {
  const isLost = connection.value === 'lost';
  useEffect(() => {
    if (isLost) return () => announce('The shop answers again');
    return undefined;
  }, [isLost]);
  if (!isLost) return null;
  return (
    <div class="lost" role="alert">
      The shop does not answer. What you see may be old; the page connects again by itself.
    </div>
  );
}
