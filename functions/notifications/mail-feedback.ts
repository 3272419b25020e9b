import * as z from 'zod';

/** What SES tells of a mail after it took it (SES developer guide, "Contents of event data"); only what is read here. */
const Mail = z.looseObject({ messageId: z.string() });

const Recipient = z.looseObject({ emailAddress: z.string().min(1) });

const Bounced = z.looseObject({
  mail: Mail,
  bounce: z.looseObject({
    /** `Permanent`: there is no such mailbox, or it wants nothing from us. Others may pass, and SES has tried for hours. */
    bounceType: z.string(),
    bouncedRecipients: z.array(Recipient).min(1),
  }),
});

const Complained = z.looseObject({
  mail: Mail,
  complaint: z.looseObject({ complainedRecipients: z.array(Recipient).min(1) }),
});

/** SES's own events on the default bus, in the form in which consumers take the shop's. */
export const MailBounced = {
  source: 'aws.ses',
  name: 'MailBounced',
  detailType: 'Email Bounced',
  published: Bounced,
  received: Bounced,
} as const;

export const MailComplained = {
  source: 'aws.ses',
  name: 'MailComplained',
  detailType: 'Email Complaint Received',
  published: Complained,
  received: Complained,
} as const;
