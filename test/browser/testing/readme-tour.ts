import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_FOLDER } from '../../../cli/synthesize.ts';

/** What the README asks its reader to do, or tells them that they will see. Labels are what stands in *italics*. */
export type Instruction =
  | { readonly kind: 'open' | 'press' | 'follow' | 'choose'; readonly label: string }
  | { readonly kind: 'press at'; readonly place: string; readonly label: string }
  | { readonly kind: 'says'; readonly label: string }
  | { readonly kind: 'says there'; readonly label: string };

export interface Stop {
  readonly title: string;
  readonly instructions: readonly Instruction[];
}

export interface Tour {
  readonly stops: readonly Stop[];
  /** The lines for a terminal that do the same. */
  readonly commands: string;
}

/** The whole sentence, so that one that says more is not half followed. */
const FORMS: readonly (readonly [RegExp, (...labels: string[]) => Instruction])[] = [
  [/^Open \*([^*]+)\*\.$/, (label = '') => ({ kind: 'open', label })],
  [/^Press \*([^*]+)\*\.$/, (label = '') => ({ kind: 'press', label })],
  [/^Follow \*([^*]+)\*\.$/, (label = '') => ({ kind: 'follow', label })],
  [/^Choose \*([^*]+)\*\.$/, (label = '') => ({ kind: 'choose', label })],
  [/^At \*([^*]+)\*, press \*([^*]+)\*\.$/, (place = '', label = '') => ({ kind: 'press at', place, label })],
  [/^The page says \*([^*]+)\*\.$/, (label = '') => ({ kind: 'says', label })],
  [/^There, the page says \*([^*]+)\*(?:: [^*]+)?\.$/, (label = '') => ({ kind: 'says there', label })],
];

/** @throws Error for a sentence of the tour that nobody can follow as it stands. */
export function readTour(): Tour {
  const readme = readFileSync(path.join(PROJECT_FOLDER, 'README.md'), 'utf8');
  const [, section = ''] = /^## A tour of five minutes$([\s\S]*?)^## /m.exec(readme) ?? [];
  const stops = Array.from(section.matchAll(/^\*\*(.+)\.\*\* (.+)$/gm), ([, title = '', text = '']) => ({
    title,
    instructions: text.split(/(?<=\.) (?=[A-Z])/).flatMap(instructionOf),
  }));
  const [, commands = ''] = /^```sh\n([\s\S]*?)^```$/m.exec(section) ?? [];
  return { stops, commands };
}

/** A sentence without labels explains; every other one is to be followed. */
function instructionOf(sentence: string): Instruction[] {
  if (!sentence.includes('*') && !/^(?:Open|Press|Follow|Choose|At) /.test(sentence)) return [];
  for (const [form, make] of FORMS) {
    const match = form.exec(sentence);
    if (match) return [make(...match.slice(1))];
  }
  throw new Error(`README.md, the tour: "${sentence}" is no sentence that this test can follow.`);
}
