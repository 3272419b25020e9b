import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes longest, longest first: begun last, one of them would be waited for alone. */
const LONGEST = [
  'test/faults/single-faults.test.ts',
  'cli/orders.e2e.test.ts',
  'test/faults/everything-again.test.ts',
  'test/torture/torture.test.ts',
  'test/faults/histories.test.ts',
  'test/e2e/sample-orders.test.ts',
  'test/e2e/authorization.test.ts',
  'test/e2e/order-service.test.ts',
];

/** Vitest's own order (by the last run's durations, in a fresh clone by size), after the files that we know to be long. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId, project }: TestSpecification): number => {
      const known = LONGEST.indexOf(path.relative(project.config.root, moduleId).split(path.sep).join('/'));
      return known === -1 ? LONGEST.length : known;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}
