import type { Logger } from '@aws-lambda-powertools/logger';
import { AFTERMATH_EVENTS, SETTLEMENT_EVENTS } from '../../events/provider-events.ts';
import type { Clock } from '../platform/clock.ts';
import type { EventSelection, EventWindow, ListedEvent, StripeEvents } from './provider/stripe-events.ts';
import type { EventIntake } from './webhook/event-intake.ts';
import type { FollowedPosition, WebhookInbox } from './webhook/webhook-inbox.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A webhook has that long to tell it first. */
const LEFT_TO_WEBHOOK_MS = MINUTE_MS;
/** Events may be listed a while after the second that they bear; how long is not written. */
const OVERLAP_MS = 5 * MINUTE_MS;
/** The first look of a shop goes back as far as the provider tries to send an event. */
const FIRST_LOOK_MS = 3 * DAY_MS;
/** An event that cannot be worked through holds the others up no longer: the alarm has rung for a day. */
const GIVE_UP_AFTER_MS = DAY_MS;
/** One more event still fits in. */
const STOP_BEFORE_MS = 12_000;

/** Events that are followed by themselves, each on from where its own last round came to. */
export interface FollowedEvents {
  readonly position: FollowedPosition;
  readonly selection: EventSelection;
}

/** What happened to charges afterwards: few events, and not one of a sale that goes well. */
const AFTERMATH: FollowedEvents = {
  position: 'followed-until',
  selection: { types: AFTERMATH_EVENTS },
};

/**
 * How payments ended. Every sale has such an event, and its webhook takes it as a rule; only those that the provider
 * could not deliver are asked for.
 */
const UNDELIVERED_SETTLEMENTS: FollowedEvents = {
  position: 'undelivered-until',
  selection: { types: SETTLEMENT_EVENTS, isUndelivered: true },
};

/** A round reads each once: one call to the provider as a rule. */
export const FOLLOWED_LISTS: readonly FollowedEvents[] = [AFTERMATH, UNDELIVERED_SETTLEMENTS];

export interface FollowedEventsParts {
  readonly events: Pick<StripeEvents, 'listed'>;
  readonly intake: Pick<EventIntake, 'take'>;
  readonly inbox: Pick<WebhookInbox, 'isFinished' | 'followedUntil' | 'followed'>;
  readonly logger: Pick<Logger, 'warn'>;
  readonly clock: Clock;
}

/**
 * Finds what the provider tells of payments, and whose webhook was lost for good. The provider's own list of events is
 * read on from where the last round came to, so that a round costs one call and one read however many orders there are.
 *
 * @param remainingMs how long the function may still run; what is not reached is reached by the next round.
 * @returns how many events no webhook had told.
 * @throws AggregateError when some could not be worked through; the others were.
 */
export async function followEvents(
  parts: FollowedEventsParts,
  { position, selection }: FollowedEvents,
  remainingMs: () => number,
): Promise<number> {
  const { events, inbox, clock } = parts;
  const nowMs = clock.now().getTime();
  const listed = await events.listed(selection, windowAfter(await inbox.followedUntil(position), nowMs));
  const failures: unknown[] = [];
  let [found, untilMs] = [0, listed.to.getTime()];
  for (const { event, createdAt } of listed.events) {
    if (remainingMs() < STOP_BEFORE_MS) {
      untilMs = Math.min(untilMs, createdAt.getTime());
      break;
    }
    try {
      if (await isTaken(parts, event)) found += 1;
    } catch (error) {
      failures.push(error);
      if (nowMs - createdAt.getTime() < GIVE_UP_AFTER_MS) untilMs = Math.min(untilMs, createdAt.getTime());
      parts.logger.warn('Listed event not worked through', { providerEventId: event.id, error: error as Error });
    }
  }
  await inbox.followed(position, new Date(untilMs));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} listed events not worked through`);
  return found;
}

function windowAfter(followedUntil: Date | undefined, nowMs: number): EventWindow {
  const fromMs = (followedUntil?.getTime() ?? nowMs - FIRST_LOOK_MS) - OVERLAP_MS;
  return { from: new Date(fromMs), to: new Date(Math.max(fromMs, nowMs - LEFT_TO_WEBHOOK_MS)) };
}

/** Whether it was new. */
async function isTaken({ inbox, intake }: FollowedEventsParts, event: ListedEvent['event']): Promise<boolean> {
  if (await inbox.isFinished(event.id)) return false;
  return (await intake.take(event)) !== 'DUPLICATE';
}
