/** The face of the interpreter: parse a definition, run it as an Execution, or probe one of its states. */
export { parseDefinition, parseSingleState, InvalidDefinition, type ParseOptions } from './parse-definition.ts';
export type { Finding } from './definition-reader.ts';
export type * from './definition.ts';
export { variableReferences } from './validation/variable-references.ts';
export { parseTaskResource, type TaskResource } from './task-resource.ts';

export { Execution } from './execution.ts';
export type {
  ExecutionChanges,
  ExecutionEnd,
  ExecutionIdentity,
  ExecutionOptions,
  ExecutionSink,
} from './execution-types.ts';
export type { StoredFrame } from './frame.ts';
export { detailsMember, MAX_EVENTS, type EventDetails, type HistoryEvent } from './history.ts';
export type { TaskInvocation, TaskOutcome, TaskRunner, WaitingLine } from './task-runner.ts';
export { probeState, type Probe, type ProbeFindings, type ProbeOptions } from './probe-state.ts';

export { errorMatches, StatesError, type ErrorOutput, type Matchable } from './errors.ts';
export { exceedsBytes, isRecord, type Json, type JsonRecord } from './json.ts';
export { MAX_PAYLOAD_BYTES } from './states/leave.ts';
