import { useState } from 'preact/hooks';
import { config } from '../../platform/session.ts';
import { send } from '../../platform/http.ts';
import { useData } from '../../platform/use-data.ts';
import { FieldTable, type DescribedFields } from '../../ui/field-table.tsx';
import { durationText, Moment } from '../../ui/moment.tsx';
import { Empty, Shown } from '../../ui/notes.tsx';
import type { OrderTrace } from './order-trace.ts';

type Event = OrderTrace['events'][number];

/** The events of the order, each with how it comes to the bus; here also what each says, beside what its schema allows. */
export function EventsPanel({ trace: { events } }: { readonly trace: OrderTrace }) {
  return (
    <section class="panel" aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      {events.length === 0 && <Empty>None is left: they are kept for 30 days.</Empty>}
      <ol class="facts">
        {events.map((event) => (
          <li key={event.eventId}>
            <EventRow event={event} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function EventRow({ event }: { readonly event: Event }) {
  const { eventId, detailType, createdAt } = event;
  const [isOpen, setOpen] = useState(false);
  const facts = (
    <span class="fact">
      <code>{detailType}</code>
      <span class="quiet">{deliveryText(event)}</span>
      <Moment at={createdAt} />
    </span>
  );
  if (config.value?.machine === undefined) return facts;
  return (
    <details onToggle={(opened) => setOpen(opened.currentTarget.open)}>
      <summary>{facts}</summary>
      {isOpen && <EventAgainstSchema eventId={eventId} />}
    </details>
  );
}

function deliveryText({ delivery, delayMs = 0 }: Event): string {
  switch (delivery) {
    case 'STREAM':
      return 'to the bus at once';
    case 'WAITING':
      return 'not published yet';
    case 'PUBLISHED':
      return `on the bus after ${durationText(delayMs)}`;
    case 'SET_ASIDE':
      return 'set aside: malformed';
  }
}

function EventAgainstSchema({ eventId }: { readonly eventId: string }) {
  const described = useData(
    `event ${eventId}`,
    async () => (await send<DescribedFields>(`machine/event?eventId=${encodeURIComponent(eventId)}`)).body,
  );
  return (
    <Shown data={described} what="the event">
      {({ detailType, fields }) => (
        <>
          <p class={fields.some(({ fault }) => fault !== undefined) ? 'bad' : 'good'}>
            {fields.some(({ fault }) => fault !== undefined)
              ? `It is not what ${detailType} says`
              : `It is what ${detailType} says`}
          </p>
          <FieldTable fields={fields} label={`${detailType} against its schema`} />
        </>
      )}
    </Shown>
  );
}
