const pending = new Set<Promise<unknown>>();

/** Notes an evaluation that is under way in a thread of its own. */
export function notePending<T>(evaluation: Promise<T>): Promise<T> {
  pending.add(evaluation);
  const forget = (): void => void pending.delete(evaluation);
  evaluation.then(forget, forget);
  return evaluation;
}

export function hasPendingEvaluations(): boolean {
  return pending.size > 0;
}

/** Resolves when no evaluation is under way. A clock that a test moves by hand waits for them: computing takes no time. */
export async function evaluationsSettled(): Promise<void> {
  while (pending.size > 0) await Promise.allSettled(pending);
}
