import { useErrorBoundary } from 'preact/hooks';
import { useEffect } from 'preact/hooks';
import { problemOf } from '../platform/problem.ts';
import { ProblemNote } from './notes.tsx';

/** What is shown in place of a page that could not be drawn; undefined while all is well. */
export function useFault(address: string) {
  const [error, reset] = useErrorBoundary();
  useEffect(() => reset(), [address]);
  if (error === undefined || error === null) return undefined;
  return (
    <>
      <h1>This page cannot be shown</h1>
      <ProblemNote problem={problemOf(error)} onRetry={reset} />
    </>
  );
}
