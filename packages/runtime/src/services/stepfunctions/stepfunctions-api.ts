import type { AwsJsonApi, AwsOperation } from '../../endpoint/aws-api.ts';
import { executionOperations } from './executions/execution-operations.ts';
import { machineOperations } from './machines/machine-operations.ts';
import type { StepFunctionsService } from './stepfunctions-service.ts';
import { taskOperations } from './task-operations.ts';
import { aliasOperations } from './versions/alias-operations.ts';
import { versionOperations } from './versions/version-operations.ts';
import { stateProbeOperation } from './state-probe.ts';
import { jsonApi } from '../shared/json-api.ts';

/** The AWS API of Step Functions (`AWSStepFunctions.*`, JSON 1.0). */
export function stepFunctionsApi(service: StepFunctionsService): AwsJsonApi {
  const operations: Record<string, AwsOperation> = {
    ...machineOperations(service),
    ...versionOperations(service.machines),
    ...aliasOperations(service.machines),
    ...executionOperations(service),
    ...taskOperations(service),
    ...stateProbeOperation(service),
  };
  return jsonApi({ targetPrefix: 'AWSStepFunctions', contentType: 'application/x-amz-json-1.0', operations });
}
