import { exceedsBytes, MAX_PAYLOAD_BYTES, type Json } from '@order-workflow/states-language';
import type { AwsOperation } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { optionalString, requiredString } from '../shared/aws-input.ts';
import type { StepFunctionsService } from './stepfunctions-service.ts';

export function taskOperations(service: StepFunctionsService): Record<string, AwsOperation> {
  return {
    SendTaskSuccess: async (input) => {
      const output = parsedOutput(requiredString(input, 'output'));
      await service.answerToken(requiredString(input, 'taskToken'), { kind: 'succeeded', output });
      return {};
    },
    SendTaskFailure: async (input) => {
      const error = optionalString(input, 'error') ?? '';
      const cause = optionalString(input, 'cause') ?? '';
      await service.answerToken(requiredString(input, 'taskToken'), { kind: 'failed', error, cause });
      return {};
    },
    SendTaskHeartbeat: async (input) => {
      await service.heartbeat(requiredString(input, 'taskToken'));
      return {};
    },
  };
}

function parsedOutput(text: string): Json {
  if (exceedsBytes(text, MAX_PAYLOAD_BYTES)) {
    throw new AwsError('InvalidOutput', `Invalid Output: longer than ${MAX_PAYLOAD_BYTES} bytes`);
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
}
