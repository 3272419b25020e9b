import { render } from 'preact';
import { App } from './app.tsx';
import { loadConfig } from './platform/config.ts';
import { startKeyboard } from './platform/keyboard.ts';
import { startLive } from './platform/live.ts';
import { problemOf } from './platform/problem.ts';
import { readAddress } from './platform/router.ts';
import { startSession } from './platform/session.ts';
import { ProblemNote } from './ui/notes.tsx';

const AGAIN_MS = 1_000;

const root = document.querySelector('#page')!;

/** A shop that is only starting is waited for. */
async function start(): Promise<void> {
  try {
    const config = await loadConfig();
    await startSession(config);
    readAddress(); // whoever comes back from the sign-in page is where they left for it
    await startLive(config);
    startKeyboard();
    render(<App />, root);
  } catch (error) {
    render(
      <main class="no-script">
        <h1>Order workflow</h1>
        <ProblemNote problem={problemOf(error)} />
      </main>,
      root,
    );
    setTimeout(() => void start(), AGAIN_MS);
  }
}

await start();
