import type { InvocationResult } from '../../shared/ports/functions.ts';
import { LATEST } from '../function-settings.ts';

export type DestinationCondition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';

export interface AsyncEnding {
  readonly requestId: string;
  readonly functionArn: string;
  readonly condition: DestinationCondition;
  readonly invokeCount: number;
  /** JSON text of the event. */
  readonly payload: string;
  /** Undefined when the event was never run. */
  readonly result: InvocationResult | undefined;
  readonly atMs: number;
}

/**
 * The record that a destination of an asynchronous invocation gets, as JSON text.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function destinationRecord(ending: AsyncEnding): string {
  const { result } = ending;
  const head = {
    version: '1.0',
    timestamp: new Date(ending.atMs).toISOString(),
    requestContext: {
      requestId: ending.requestId,
      functionArn: `${ending.functionArn}:${LATEST}`,
      condition: ending.condition,
      approximateInvokeCount: ending.invokeCount,
    },
  };
  const responseContext = result && {
    statusCode: 200,
    executedVersion: LATEST,
    ...(result.functionError && { functionError: result.functionError }),
  };
  // Payloads are JSON text already: they are placed, not parsed.
  const members = [
    JSON.stringify(head).slice(1, -1),
    `"requestPayload":${ending.payload}`,
    ...(result ? [`"responseContext":${JSON.stringify(responseContext)}`, `"responsePayload":${result.payload}`] : []),
  ];
  return `{${members.join(',')}}`;
}
