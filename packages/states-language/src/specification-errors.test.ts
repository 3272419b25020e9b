/** Worked examples of the Amazon States Language specification: retriers and catchers. */
import { echo, testExamples, type Example } from './testing/example-table.ts';
import { failsWith, PENDING, task, type MockedTask } from './testing/run-machine.ts';

/** A task that times out after a second each time, under this retrier. */
const timingOut = (...retry: object[]): Example => ({
  definition: { StartAt: 'X', States: { X: task({ TimeoutSeconds: 1, Retry: retry, End: true }) } },
  tasks: { X: () => PENDING },
  afterSeconds: 100,
  error: 'States.Timeout',
});
const onTimeout = { ErrorEquals: ['States.Timeout'], MaxAttempts: 2, BackoffRate: 2 };

function failsInTurnWith(...errors: string[]): MockedTask {
  const left = [...errors];
  return (given) => failsWith(left.shift() ?? 'NoMore', 'again')(given);
}

const twoRetriers = {
  StartAt: 'X',
  States: {
    X: task({
      Next: 'Y',
      Retry: [
        { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
        { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 },
      ],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
    }),
    Y: echo,
    Z: echo,
  },
};

const twoCatchers = {
  StartAt: 'Work',
  States: {
    Work: task({
      Catch: [
        {
          ErrorEquals: ['java.lang.Exception'],
          Output: "{% $merge([ $states.input, {'error-info': $states.errorOutput} ]) %}",
          Next: 'RecoveryState',
        },
        {
          ErrorEquals: ['States.ALL'],
          Assign: { isCritical: '{% $contains($lowercase($states.errorOutput.Error), /.*fatal.*/)  %}' },
          Next: 'EndMachine',
        },
      ],
      End: true,
    }),
    RecoveryState: echo,
    EndMachine: { ...echo, Output: ['{% $isCritical %}', '{% $states.input %}'] },
  },
};

const EXAMPLES: Record<string, Example> = {
  'two retries, after 3 and 6 seconds': {
    ...timingOut({ ...onTimeout, IntervalSeconds: 3 }),
    scheduledAtSeconds: [0, 1 + 3, 1 + 3 + 1 + 6],
  },
  'the same with MaxDelaySeconds 4': {
    ...timingOut({ ...onTimeout, IntervalSeconds: 3, MaxDelaySeconds: 4 }),
    scheduledAtSeconds: [0, 1 + 3, 1 + 3 + 1 + 4],
  },
  'every error but States.Timeout is retried': {
    ...timingOut({ ErrorEquals: ['States.Timeout'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }),
    scheduledAtSeconds: [0],
  },
  'retriers count across visits: the fourth error finds its retrier used up': {
    definition: twoRetriers,
    tasks: { X: failsInTurnWith('ErrorA', 'ErrorB', 'ErrorC', 'ErrorB') },
    afterSeconds: 100,
    scheduledAtSeconds: [0, 1, 1 + 2, 1 + 2 + 5],
    visited: ['X', 'Z'],
    output: { Error: 'ErrorB', Cause: 'again' },
  },
  'a catcher adds the error to the input': {
    definition: twoCatchers,
    input: { a: 1 },
    tasks: { Work: failsWith('java.lang.Exception', 'c') },
    visited: ['Work', 'RecoveryState'],
    output: { a: 1, 'error-info': { Error: 'java.lang.Exception', Cause: 'c' } },
  },
  'a catcher assigns what it makes of the error': {
    definition: twoCatchers,
    tasks: { Work: failsWith('My.FatalError', 'c') },
    visited: ['Work', 'EndMachine'],
    output: [true, { Error: 'My.FatalError', Cause: 'c' }],
  },
};

testExamples(EXAMPLES);
