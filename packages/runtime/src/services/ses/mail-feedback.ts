import type { EventPublisher } from '../shared/ports/events.ts';
import type { Mail } from './mail.ts';

/** SES's own mailbox simulator (SES developer guide, "Using the mailbox simulator"): what comes of mails to it. */
const SIMULATED: Readonly<Record<string, 'BOUNCE' | 'COMPLAINT'>> = {
  'bounce@simulator.amazonses.com': 'BOUNCE',
  'complaint@simulator.amazonses.com': 'COMPLAINT',
};

/**
 * Tells what became of mails, where a configuration set asks for it. Only the addresses of SES's mailbox simulator
 * bounce or complain here; a label (`bounce+7@…`) makes no other address of them, as there.
 */
export class MailFeedback {
  readonly #events: EventPublisher;
  readonly #asked = new Map<string, ReadonlySet<string>>();

  constructor(events: EventPublisher) {
    this.#events = events;
  }

  /** @param eventTypes as the API names them, in any case: `BOUNCE`, `complaint`. */
  tellBus(configurationSet: string, eventTypes: readonly string[]): void {
    this.#asked.set(configurationSet, new Set(eventTypes.map((type) => type.toUpperCase())));
  }

  /** Resolves when the bus has it. SES's events are told at best, so none is told again after a crash. */
  async tell(mail: Mail): Promise<void> {
    const asked = this.#asked.get(mail.configurationSet ?? '');
    if (asked === undefined) return;
    for (const recipient of [...mail.to, ...mail.cc, ...mail.bcc]) {
      const address = addressOf(recipient);
      const kind = SIMULATED[address.replace(/\+[^@]*@/, '@')];
      if (kind !== undefined && asked.has(kind)) await this.#events.publish(eventOf(kind, mail, address));
    }
  }
}

/** Of `Name <address>` too. */
function addressOf(recipient: string): string {
  return (/<([^>]*)>$/.exec(recipient)?.[1] ?? recipient).toLowerCase();
}

/** SES developer guide, "Contents of event data that Amazon SES publishes"; EventBridge names the kinds in words. */
function eventOf(kind: 'BOUNCE' | 'COMPLAINT', mail: Mail, emailAddress: string) {
  const timestamp = new Date(mail.sentAtMs).toISOString();
  const tags = Object.entries({ ...mail.tags, 'ses:configuration-set': mail.configurationSet ?? '' });
  const told = {
    timestamp,
    source: mail.from,
    messageId: mail.messageId,
    destination: mail.to,
    tags: Object.fromEntries(tags.map(([name, value]) => [name, [value]])),
  };
  const feedbackId = `${mail.messageId}-feedback`;
  const bounce = {
    feedbackId,
    timestamp,
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [{ emailAddress, action: 'failed', status: '5.1.1' }],
  };
  const complaint = {
    feedbackId,
    timestamp,
    complaintFeedbackType: 'abuse',
    complainedRecipients: [{ emailAddress }],
  };
  const isBounce = kind === 'BOUNCE';
  return {
    source: 'aws.ses',
    detailType: isBounce ? 'Email Bounced' : 'Email Complaint Received',
    detail: isBounce ? { eventType: 'Bounce', mail: told, bounce } : { eventType: 'Complaint', mail: told, complaint },
    resources: [],
  };
}
