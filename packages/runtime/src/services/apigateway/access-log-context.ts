import type { AccessLogContext } from './access-log.ts';
import type { Exchange } from './exchange.ts';
import type { GatewayAnswer } from './function-answer.ts';
import { GatewayError } from './gateway-error.ts';
import { commonLogTime, domainOf } from './payload-event.ts';

export interface LoggedApi {
  readonly accountId: string;
  readonly apiId: string;
}

/**
 * The `$context` variables of an answered request.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
export function accessLogContext(
  exchange: Exchange,
  answer: GatewayAnswer,
  { accountId, apiId }: LoggedApi,
  nowMs: number,
): AccessLogContext {
  return {
    accountId,
    apiId,
    requestId: exchange.requestId,
    extendedRequestId: exchange.requestId,
    requestTime: commonLogTime(exchange.receivedMs),
    requestTimeEpoch: exchange.receivedMs,
    routeKey: exchange.route?.routeKey,
    stage: exchange.stage?.name,
    status: answer.statusCode,
    responseLatency: nowMs - exchange.receivedMs,
    responseLength: answer.body.length,
    ...requestVariables(exchange),
    ...authorizerVariables(exchange),
    ...errorVariables(exchange),
    ...integrationVariables(exchange),
  };
}

function requestVariables({ request }: Exchange): AccessLogContext {
  const domainName = request && domainOf(request);
  return {
    domainName,
    domainPrefix: domainName?.split('.')[0],
    httpMethod: request?.method,
    'identity.sourceIp': request?.sourceIp,
    'identity.userAgent': request?.headers['user-agent'],
    path: request?.path,
    protocol: request?.protocol,
  };
}

function authorizerVariables({ jwt, authorizerError }: Exchange): AccessLogContext {
  const claims = Object.entries(jwt?.claims ?? {}).map(([name, value]) => [`authorizer.claims.${name}`, value]);
  return { ...Object.fromEntries(claims), 'authorizer.error': authorizerError };
}

function errorVariables({ failure }: Exchange): AccessLogContext {
  if (failure === undefined) return {};
  const { message } = failure instanceof GatewayError ? failure : new GatewayError(500);
  return { 'error.message': message, 'error.messageString': JSON.stringify(message) };
}

/** `integration.error` tells what went wrong once the function was called. */
function integrationVariables({ integrationLatencyMs, integrationStatus, failure }: Exchange): AccessLogContext {
  if (integrationLatencyMs === undefined) return {};
  const error = failure instanceof GatewayError ? failure.detail : (failure as Error | undefined)?.message;
  return {
    'integration.error': error,
    integrationErrorMessage: error,
    'integration.latency': integrationLatencyMs,
    integrationLatency: integrationLatencyMs,
    'integration.status': integrationStatus,
    'integration.integrationStatus': integrationStatus,
    integrationStatus,
  };
}
