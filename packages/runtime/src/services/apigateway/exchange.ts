import { randomBytes } from 'node:crypto';
import type { Stage } from './http-api.ts';
import type { HttpRequest } from './http-request.ts';
import type { JwtIdentity } from './payload-event.ts';
import type { Route } from './route-table.ts';

/** One request on its way; what is known of it so far is what the access log can tell. */
export interface Exchange {
  readonly requestId: string;
  readonly receivedMs: number;
  request?: HttpRequest;
  stage?: Stage;
  route?: Route;
  jwt?: JwtIdentity;
  authorizerError?: string | undefined;
  integrationStatus?: number;
  integrationLatencyMs?: number;
  failure?: unknown;
}

export function newExchange(receivedMs: number): Exchange {
  return { requestId: newRequestId(), receivedMs };
}

/** A person reads, or is signed in. What writes without either is a machine, e.g. a webhook, and can wait. */
export function isInteractive({ request, jwt }: Exchange): boolean {
  return jwt !== undefined || request?.method === 'GET';
}

/** 16 characters that end in `=`, as the `apigw-requestid` of HTTP APIs. */
function newRequestId(): string {
  return randomBytes(11).toString('base64').replaceAll('/', '_').replaceAll('+', '-');
}
