import type { AwsJsonApi, AwsOperation, JsonObject } from '../../endpoint/aws-api.ts';
import { parseBody } from '../../endpoint/request-body.ts';
import { fitted, inputModel } from './models/input-model.ts';

/** An API whose operations only ever see what fits their model, whoever calls them. */
export function jsonApi(api: AwsJsonApi): AwsJsonApi {
  const operations = Object.entries(api.operations).map(([name, run]): [string, AwsOperation] => {
    const model = inputModel(`${api.targetPrefix}.${name}`);
    return [name, model ? (input, call) => run(fitted(input, model) as JsonObject, call) : run];
  });
  return { ...api, operations: Object.fromEntries(operations) };
}

/** The body of a request of a REST service. @param operation as in input-models.json, e.g. `ses.SendEmail`. */
export function restInput(operation: string, body: Buffer, code?: string): JsonObject {
  const model = inputModel(operation);
  if (!model) throw new Error(`${operation} has no model: npm run input-models -- ${operation}`);
  return fitted(parseBody(body, code), model) as JsonObject;
}
