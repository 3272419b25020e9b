import { useState } from 'preact/hooks';
import { config } from '../../platform/session.ts';
import { send } from '../../platform/http.ts';
import { useData } from '../../platform/use-data.ts';
import { Moment } from '../../ui/moment.tsx';
import { Empty, Shown } from '../../ui/notes.tsx';
import { wordsOf } from '../../ui/order-status.tsx';
import type { OrderTrace } from './order-trace.ts';

type SentMail = OrderTrace['mails'][number];

/** The mails that the order led to; here, where they are captured, also what they say. */
export function MailsPanel({ trace: { mails } }: { readonly trace: OrderTrace }) {
  return (
    <section class="panel" aria-labelledby="mails-title">
      <h2 id="mails-title">Mails</h2>
      {mails.length === 0 && <Empty>None was sent.</Empty>}
      <ol class="facts">
        {mails.map((mail) => (
          <li key={`${mail.eventId} ${mail.kind}`}>
            <MailRow mail={mail} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function MailRow({ mail: { eventId, kind, state, sentAt } }: { readonly mail: SentMail }) {
  const [isOpen, setOpen] = useState(false);
  const facts = (
    <span class="fact">
      <span>{wordsOf(kind)}</span>
      <span class="quiet">{state.toLowerCase()}</span>
      {sentAt !== undefined && <Moment at={sentAt} />}
    </span>
  );
  if (config.value?.machine === undefined) return facts;
  return (
    <details onToggle={(opened) => setOpen(opened.currentTarget.open)}>
      <summary>{facts}</summary>
      {isOpen && <CapturedMail eventId={eventId} />}
    </details>
  );
}

interface Captured {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** The runtime captures mails instead of sending them (SES v2). Its newest so many are looked through. */
const NEWEST = 1_000;

async function capturedMail(eventId: string): Promise<Captured | undefined> {
  const { body } = await send<{ mails: Captured[] }>(`aws/_runtime/mails?limit=${NEWEST}`);
  return body.mails.findLast(({ headers }) =>
    headers.some(({ name, value }) => name === 'X-Shop-Event-Id' && value === eventId),
  );
}

/** As plain text: nothing in a mail becomes part of the page. */
function CapturedMail({ eventId }: { readonly eventId: string }) {
  const mail = useData(`mail ${eventId}`, () => capturedMail(eventId));
  return (
    <Shown data={mail} what="the mail">
      {(found) =>
        found === undefined ? (
          <p class="quiet">It is not among the last {NEWEST} mails.</p>
        ) : (
          <article class="mail" aria-label="Mail">
            <p>
              <strong>{found.subject}</strong>
              <br />
              <span class="quiet">to {found.to.join(', ')}</span>
            </p>
            <pre tabIndex={0} aria-label="Text of the mail">
              {found.text ?? 'It has no text.'}
            </pre>
          </article>
        )
      }
    </Shown>
  );
}
