import { expect, test } from 'vitest';
import { findEntries } from '../scripts/function-entries.ts';
import { constructFileOf } from './testing/construct-files.ts';
import { liveCodeOf, namesIn } from './testing/function-code.ts';
import { resourcesOf, synthesizedStack } from './testing/synthesized-stack.ts';

const entries = await findEntries('functions');
const environments = new Map(
  Object.values(resourcesOf(synthesizedStack(), 'AWS::Lambda::Function')).map(({ Properties }) => [
    String(Properties.Handler).replace('.handler', ''),
    Object.keys(Properties.Environment.Variables as object).filter((name) => !name.startsWith('POWERTOOLS_')),
  ]),
);

test('every function that is written is deployed, and every deployed one is written', () => {
  expect([...environments.keys()].toSorted()).toEqual([...entries.keys()]);
});

test.each([...entries])(
  '%s is given every setting that its code requires, and none that it does not read',
  async (name, source) => {
    const code = await liveCodeOf(source);
    const required = namesIn(code, /\benvVar\("(\w+)"\)/gu);
    const optional = namesIn(code, /\bprocess\.env\["(\w+)"\]/gu);
    const given = environments.get(name) ?? [];
    const missing = required.filter((setting) => !given.includes(setting));
    expect(missing, `settings that ${constructFileOf(name)} must give to ${name}`).toEqual([]);
    const unused = given.filter((setting) => !required.includes(setting) && !optional.includes(setting));
    expect(unused, `settings that ${constructFileOf(name)} gives to ${name} in vain`).toEqual([]);
  },
);
