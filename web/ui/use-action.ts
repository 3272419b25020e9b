import { useRef, useState } from 'preact/hooks';
import { problemOf, type Problem } from '../platform/problem.ts';
import { announce } from './announcer.tsx';

export interface Action<Input extends readonly unknown[]> {
  /** Does nothing while it runs: a double click is one. */
  readonly run: (...input: Input) => void;
  readonly isRunning: boolean;
  readonly problem: Problem | undefined;
  readonly forget: () => void;
}

/** Something that a button does, with what became of it. */
export function useAction<Input extends readonly unknown[]>(act: (...input: Input) => Promise<void>): Action<Input> {
  const running = useRef(false);
  const [state, setState] = useState<{ isRunning: boolean; problem?: Problem }>({ isRunning: false });
  const run = async (...input: Input): Promise<void> => {
    if (running.current) return;
    running.current = true;
    setState({ isRunning: true });
    try {
      await act(...input);
      setState({ isRunning: false });
    } catch (error) {
      const problem = problemOf(error);
      announce(`${problem.message}. ${problem.advice}`);
      setState({ isRunning: false, problem });
    } finally {
      running.current = false;
    }
  };
  return {
    run: (...input) => void run(...input),
    isRunning: state.isRunning,
    problem: state.problem,
    forget: () => setState({ isRunning: false }),
  };
}
