import { beforeEach, expect, test } from 'vitest';
import { Findings } from './findings.ts';

let shown: string[] = [];
const line = { show: (text: string) => void shown.push(`… ${text}`), clear: () => void shown.push('(clear)') };

beforeEach(() => {
  shown = [];
});

const someFindings = (): Findings => new Findings({ print: (text) => void shown.push(text), line });

test('a failure is printed the moment it is known, below the progress', () => {
  const findings = someFindings();
  findings.showProgress('1 run');
  findings.add(['play it again', '    it broke a rule']);
  expect(shown).toEqual(['… 1 run', '(clear)', 'play it again', '    it broke a rule']);
});

test('what passes is counted, and prints nothing', () => {
  const findings = someFindings();
  findings.add([]);
  findings.add(['play it again']);
  findings.add([]);
  expect(findings.counts).toEqual({ passed: 2, failed: 1 });
  expect(shown).toEqual(['(clear)', 'play it again']);
});

test('the progress says how many failed', () => {
  const findings = someFindings();
  findings.add(['play it again']);
  findings.showProgress('2 runs');
  expect(shown.at(-1)).toBe('… 2 runs, 1 failed');
});

test('at the end each failure is told once more, in one line', () => {
  const findings = someFindings();
  findings.add(['play the first', '    details']);
  findings.add(['play the second', '    details']);
  shown = [];
  findings.printAgain();
  expect(shown).toEqual(['(clear)', 'failed, once more:', 'play the first', 'play the second']);
});

test('without a failure nothing is told at the end', () => {
  const findings = someFindings();
  findings.add([]);
  findings.printAgain();
  expect(shown).toEqual(['(clear)']);
});
