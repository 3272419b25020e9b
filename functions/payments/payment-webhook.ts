import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { isErrorNamed, isStoreBusy } from '../platform/errors.ts';
import { problemAnswer } from '../platform/http/problem.ts';
import type { ProblemCode } from '../platform/http/problem-codes.ts';
import { logger } from '../platform/logger.ts';
import { count } from '../platform/metrics.ts';
import { deployedEventIntake } from './deployed-event-intake.ts';
import { deployedPayments } from './deployed-payments.ts';
import { deployedSettlement } from './deployed-settlement.ts';
import { readEvent } from './webhook/webhook-event.ts';
import { isSignedByProvider } from './webhook/webhook-signature.ts';

/** The parts of an HTTP API request that a webhook has. */
export type WebhookRequest = Pick<APIGatewayProxyEventV2, 'headers' | 'body' | 'isBase64Encoded'>;

/** More than any event of the provider. */
const MAX_BODY_BYTES = 262_144;

const payments = deployedSettlement(deployedPayments());
const { intake, inbox } = deployedEventIntake(payments);

/**
 * Takes an event of the payment provider. Answers 2xx to every authentic event that is dealt with, also what comes
 * late, twice, for nobody, or about what nobody here knows: the provider gives an endpoint up that keeps failing. 503
 * asks it to send an event again, because the provider or the store was busy; 400 is a signed body that is no event.
 */
export async function handler(
  request: WebhookRequest,
  { awsRequestId }: Pick<Context, 'awsRequestId'>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const rawBody = Buffer.from(request.body ?? '', request.isBase64Encoded ? 'base64' : 'utf8');
  if (rawBody.length > MAX_BODY_BYTES) return refusal('BODY_TOO_LARGE', awsRequestId);
  const { webhookSecrets } = await payments.secret.get();
  if (!isSignedByProvider(rawBody, headerOf(request, 'stripe-signature'), webhookSecrets, systemClock)) {
    count('WebhookSignaturesInvalid');
    return refusal('SIGNATURE_INVALID', awsRequestId);
  }
  return takeAuthentic(rawBody, awsRequestId);
}

async function takeAuthentic(rawBody: Buffer, requestId: string): Promise<APIGatewayProxyStructuredResultV2> {
  try {
    const event = readEvent(rawBody);
    if (event === undefined) {
      await inbox.keepUnreadable(rawBody);
      count('WebhooksUnmatched');
      return refusal('EVENT_UNREADABLE', requestId);
    }
    logger.appendKeys({ providerEventId: event.id, eventType: event.type });
    return accepted(await intake.take(event, { keepsOldNews: false }));
  } catch (error) {
    return sendAgain(error, requestId);
  } finally {
    logger.resetKeys();
  }
}

/** Asks for an event again that can be dealt with in a moment. @throws any other error. */
function sendAgain(error: unknown, requestId: string): APIGatewayProxyStructuredResultV2 {
  if (isStoreBusy(error)) {
    logger.warn('Webhook event given up on a busy store', error);
    return refusal('STORE_BUSY', requestId);
  }
  if (!isErrorNamed(error, 'PaymentUnavailable', 'PaymentRateLimited', 'PaymentOutcomeUnknown')) throw error;
  logger.warn('Webhook event not worked through: the provider cannot be asked', error);
  return refusal('PROVIDER_UNAVAILABLE', requestId);
}

function headerOf({ headers }: WebhookRequest, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

function accepted(outcome: string): APIGatewayProxyStructuredResultV2 {
  return answer(200, { outcome });
}

const DETAILS = {
  BODY_TOO_LARGE: `Send at most ${MAX_BODY_BYTES} bytes`,
  SIGNATURE_INVALID: 'Sign this body in the Stripe-Signature header, with a secret that is valid now',
  EVENT_UNREADABLE: 'Send an event as JSON',
  PROVIDER_UNAVAILABLE: 'Send the event again to have it processed',
  STORE_BUSY: 'Send the event again to have it processed',
} as const satisfies Partial<Record<ProblemCode, string>>;

function refusal(code: keyof typeof DETAILS, requestId: string): APIGatewayProxyStructuredResultV2 {
  return { ...problemAnswer(code, requestId, { detail: DETAILS[code] }) };
}

function answer(statusCode: number, body: object): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
