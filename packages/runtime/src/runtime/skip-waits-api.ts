import type { Clock } from '@order-workflow/states-language/clock';
import type { AwsRestApi } from '../endpoint/aws-api.ts';
import { parseBody } from '../endpoint/request-body.ts';
import { skipWaits, type Services } from '../services/service-list.ts';
import { integerBetween } from '../services/shared/aws-input.ts';
import { jsonResponse, restApi, route } from '../services/shared/rest-routes.ts';

const HOUR_SECONDS = 3_600;
/** Longer waits are hardly meant: a person who decides in a month is no delay. */
const BOUNDS = { min: 1, max: 24 * HOUR_SECONDS, fallback: HOUR_SECONDS };

/**
 * `POST /_runtime/skip-waits`, `{"withinSeconds": 900}` (an hour unless told, a day at most): executions that wait, and
 * rules with a schedule, go on at once if they would within that time. Answers `{"skipped": <how many>}`. AWS has no
 * such call: there one waits.
 */
export function skipWaitsApi(services: Services, clock: Clock): AwsRestApi {
  return restApi([
    route('POST', '/_runtime/skip-waits', ({ body }) => {
      const seconds = integerBetween(parseBody(body), 'withinSeconds', BOUNDS, 'ValidationException');
      return jsonResponse({ skipped: skipWaits(services, clock.nowMs() + seconds * 1_000) });
    }),
  ]);
}
