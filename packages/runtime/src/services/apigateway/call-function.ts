import type { Clock } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { FunctionInvoker, InvocationResult } from '../shared/ports/functions.ts';
import { GatewayError } from './gateway-error.ts';
import type { Integration } from './http-api.ts';

export interface FunctionCall {
  /** JSON text. */
  readonly event: string;
  readonly isInteractive: boolean;
}

/**
 * Invokes an integration's function and waits for its answer. The function goes on after a timeout, as on AWS: only
 * the client gets no more than 503. @throws GatewayError 500, 503.
 */
export async function callFunction(
  { clock, functions }: { readonly clock: Clock; readonly functions: FunctionInvoker },
  { functionArn, timeoutMs }: Integration,
  { event, isInteractive }: FunctionCall,
): Promise<InvocationResult> {
  const timeout = Promise.withResolvers<never>();
  const timer = clock.at(clock.nowMs() + timeoutMs, () =>
    timeout.reject(new GatewayError(503, { detail: `The function did not answer within ${timeoutMs} ms.` })),
  );
  try {
    return await Promise.race([functions.invoke(functionArn, event, { isInteractive }), timeout.promise]);
  } catch (error) {
    // Throttled and missing functions alike: the client sees 500 (the reason is in the access log).
    if (error instanceof AwsError) throw new GatewayError(500, { detail: error.message });
    throw error;
  } finally {
    timer.cancel();
  }
}
