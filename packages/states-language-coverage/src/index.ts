/** The face of the coverage: count executions, ask what was missed, write the report. */
export { describeItem, WorkflowCoverage, type CoverageItem } from './workflow-coverage.ts';
export { coveragePage, coverageSummary, writeCoverage } from './coverage-report.ts';
export { coverageGraph } from './coverage-graph.ts';
export { traceExecution, type ExecutionTrace, type Step } from './execution-trace.ts';
export {
  allStates,
  handles,
  type ErrorHandler,
  type PlacedState,
  type State,
  type StateMachine,
} from './state-machine.ts';
export type { HistoryEvent } from './history-event.ts';
