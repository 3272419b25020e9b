import type { AwsOperation, JsonObject } from '../../../endpoint/aws-api.ts';
import { AwsError } from '../../shared/aws-error.ts';
import { optionalString } from '../../shared/aws-input.ts';
import {
  boundedString,
  epochSeconds,
  includesData,
  MAX_LENGTH,
  oneOf,
  pageSize,
  pageStart,
  pageToken,
  requiredBoundedString,
} from '../api-values.ts';
import { undeleted } from '../machines/state-machines.ts';
import { qualifiedArns, type ExecutionRow } from './execution-store.ts';
import { historyPage } from './history-page.ts';
import { checkExecutionArn } from '../names.ts';
import type { StepFunctionsService } from '../stepfunctions-service.ts';

export function executionOperations(service: StepFunctionsService): Record<string, AwsOperation> {
  return {
    StartExecution: async (input) => {
      boundedString(input, 'traceHeader', MAX_LENGTH.traceHeader);
      const started = await service.startExecution({
        stateMachineArn: requiredBoundedString(input, 'stateMachineArn', MAX_LENGTH.arn),
        input: optionalString(input, 'input') ?? '{}',
        name: optionalString(input, 'name'),
      });
      return { executionArn: started.arn, startDate: epochSeconds(started.startedMs) };
    },
    StartSyncExecution: (input) => {
      undeleted(service.machines.resolve(input['stateMachineArn']).machine);
      throw new AwsError(
        'StateMachineTypeNotSupported',
        'This operation is not supported by this type of state machine',
      );
    },
    StopExecution: async (input) => {
      const failure = {
        error: boundedString(input, 'error', MAX_LENGTH.error),
        cause: boundedString(input, 'cause', MAX_LENGTH.cause),
      };
      const stopped = await service.stopExecution(checkExecutionArn(input['executionArn']), failure);
      return { stopDate: epochSeconds(stopped.stoppedMs ?? service.clock.nowMs()) };
    },
    RedriveExecution: async (input) => {
      if (input['clientToken'] !== undefined) requiredBoundedString(input, 'clientToken', MAX_LENGTH.clientToken);
      const redriven = await service.redrive(checkExecutionArn(input['executionArn']));
      return { redriveDate: epochSeconds(redriven.redrivenMs ?? service.clock.nowMs()) };
    },
    DescribeExecution: (input) => {
      const row = service.execution(checkExecutionArn(input['executionArn']));
      return describe(service, row, includesData(input));
    },
    ListExecutions: (input) => list(service, input),
    GetExecutionHistory: (input) => {
      const row = service.execution(checkExecutionArn(input['executionArn']));
      return historyPage(service.executions.history(row.id), input);
    },
  };
}

function describe(service: StepFunctionsService, row: ExecutionRow, hasData: boolean): JsonObject {
  return {
    ...summary(row),
    ...(hasData && { input: row.input }),
    inputDetails: { included: hasData },
    ...(row.output !== null && { ...(hasData && { output: row.output }), outputDetails: { included: hasData } }),
    ...(row.error !== null && { error: row.error }),
    ...(row.cause !== null && { cause: row.cause }),
    ...service.redriveFields(row),
  };
}

function summary(row: ExecutionRow): JsonObject {
  return {
    executionArn: row.arn,
    stateMachineArn: row.machineArn,
    ...qualifiedArns(row),
    name: row.name,
    status: row.status,
    startDate: epochSeconds(row.startedMs),
    ...(row.stoppedMs !== null && { stopDate: epochSeconds(row.stoppedMs) }),
    redriveCount: row.redriveCount,
    ...(row.redrivenMs !== null && { redriveDate: epochSeconds(row.redrivenMs) }),
  };
}

/** Executions belong to a machine or to a Map Run, and there are no Map Runs here. The words are not proven. */
function refuseMapRun({ stateMachineArn, mapRunArn }: JsonObject): void {
  if ((stateMachineArn === undefined) === (mapRunArn === undefined)) {
    throw new AwsError('ValidationException', 'Either the stateMachineArn or the mapRunArn must be specified');
  }
  if (mapRunArn !== undefined) throw new AwsError('ResourceNotFound', `Resource not found: '${String(mapRunArn)}'`);
}

/** In the order in which AWS lists them. */
const STATUSES = ['SUCCEEDED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'FAILED', 'RUNNING'];

function list(service: StepFunctionsService, input: JsonObject): JsonObject {
  refuseMapRun(input);
  const { machine, version, alias } = service.machines.resolve(input['stateMachineArn']);
  const status = oneOf(input, 'statusFilter', STATUSES);
  const size = pageSize(input);
  const before = pageStart(input, 'ListExecutions') ?? Number.MAX_SAFE_INTEGER;
  const qualifier = alias ? { alias: alias.name } : { version: version?.number };
  const filter = { machineArn: machine.arn, startedFromMs: machine.createdMs, ...qualifier, status };
  const rows = service.executions.list(filter, before, size + 1);
  const page = rows.slice(0, size);
  const nextToken = rows.length > size ? pageToken('ListExecutions', page.at(-1)!.id) : undefined;
  const redriven = oneOf(input, 'redriveFilter', ['REDRIVEN', 'NOT_REDRIVEN']);
  return {
    executions: page
      .filter((row) => redriven === undefined || (redriven === 'REDRIVEN') === row.redriveCount > 0)
      .map(summary),
    ...(nextToken && { nextToken }),
  };
}
