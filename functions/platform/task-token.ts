import { isErrorNamed } from './errors.ts';

/** `late`: the workflow does not wait on that token any more. */
export type Answered = 'answered' | 'late';

/**
 * Whether Step Functions refuses an answer because nobody waits for it. Second, late and stale answers are normal:
 * webhooks come twice, customers confirm as the timer fires, a retry has a token of its own.
 */
export function isLate(error: unknown): error is Error {
  return isErrorNamed(error, 'TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken');
}

/**
 * Answers whichever attempt of the workflow waits. At most one of the tokens is waited on; Step Functions knows which.
 * @param answer to one token.
 */
export async function answerWaiting(
  taskTokens: Iterable<string>,
  answer: (taskToken: string) => Promise<Answered>,
): Promise<Answered> {
  for (const taskToken of taskTokens) if ((await answer(taskToken)) === 'answered') return 'answered';
  return 'late';
}
