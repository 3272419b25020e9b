import { expect, test } from 'vitest';
import { branch } from './state-machine.ts';
import { validateDefinition } from './testing/definitions.ts';

const end = { Type: 'Succeed' } as const;
const question = { Type: 'Choice', Comment: 'Which way?', Choices: [] } as const;

test.each([
  // @ts-expect-error: no state has this name.
  ['a start', branch({ StartAt: 'Beginning', States: { Start: end } })],
  // @ts-expect-error: no state has this name.
  ['a default', branch({ StartAt: 'Ask', States: { Ask: { ...question, Default: 'End' } } })],
  [
    'a rule',
    branch({
      StartAt: 'Ask',
      States: {
        // @ts-expect-error: no state has this name.
        Ask: { ...question, Default: 'End', Choices: [{ Condition: '{% true %}', Next: 'Elsewhere' }] },
        End: end,
      },
    }),
  ],
])('%s that names no state is refused by the compiler, as by Step Functions', (_what, machine) => {
  expect(validateDefinition({ QueryLanguage: 'JSONata', ...machine })).toMatchObject({ isValid: false });
});
