import { synthesize } from '../../cli/synthesize.ts';

/** Before all test files: whatever starts the system runs the template and the bundles of the code as it stands. */
export default synthesize;
