/** The Step Functions API alone, and the mock configuration in the format of AWS's Step Functions Local. */
export { startStepFunctionsLocal, type StepFunctionsLocal, type StepFunctionsLocalOptions } from './start.ts';
export type { ServiceEndpoints } from './remote-services.ts';
export {
  parseMockConfig,
  type MockConfigJson,
  type MockedOutcome,
  type TestCase,
} from '../services/stepfunctions/index.ts';
