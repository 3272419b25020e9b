import type { Json } from '@order-workflow/states-language';
import type { AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { AwsError } from '../shared/aws-error.ts';
import { optionalString } from '../shared/aws-input.ts';
import { boundedString, checkPayloadSize, invalidMember, MAX_LENGTH, requiredBoundedString } from './api-values.ts';
import type { StepFunctionsService } from './stepfunctions-service.ts';

export function taskOperations(service: StepFunctionsService): Record<string, AwsOperation> {
  return {
    SendTaskSuccess: async (input) => {
      const output = parsedOutput(optionalString(input, 'output'));
      await service.answerToken(taskTokenOf(input), { kind: 'succeeded', output });
      return {};
    },
    SendTaskFailure: async (input) => {
      const error = boundedString(input, 'error', MAX_LENGTH.error) ?? '';
      const cause = boundedString(input, 'cause', MAX_LENGTH.cause) ?? '';
      await service.answerToken(taskTokenOf(input), { kind: 'failed', error, cause });
      return {};
    },
    SendTaskHeartbeat: async (input) => {
      await service.heartbeat(taskTokenOf(input));
      return {};
    },
  };
}

function taskTokenOf(input: JsonObject): string {
  return requiredBoundedString(input, 'taskToken', MAX_LENGTH.taskToken);
}

function parsedOutput(text: string | undefined): Json {
  if (text === undefined) throw invalidMember('output', text, 'Member must not be null');
  checkPayloadSize('output', text);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new AwsError('InvalidOutput', `Invalid Output: '${(error as Error).message}'`);
  }
}
