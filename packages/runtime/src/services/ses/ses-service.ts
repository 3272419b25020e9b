import type { EventPublisher } from '../shared/ports/events.ts';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer } from '@order-workflow/states-language/clock';
import { AwsError } from '../shared/aws-error.ts';
import type { Journal } from '../../store/journal.ts';
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../store/private-files.ts';
import type { EmailTemplate } from './email-template.ts';
import type { MailCapture, PlainMail } from '../shared/ports/mails.ts';
import { toEml, type Mail } from './mail.ts';
import { MailFeedback } from './mail-feedback.ts';

export interface SesOptions {
  /** Takes what SES tells of mails. */
  readonly events?: EventPublisher;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Mails are files below `<dataFolder>/mails`. */
  readonly dataFolder: string;
  /** How long mails are kept; undefined: as long as the folder. */
  readonly mailsKeptDays?: number | undefined;
}

const DAY_MS = 86_400_000;

export interface MailFilter {
  /** Only mails to this address. */
  readonly to?: string | undefined;
  /** Only the newest. */
  readonly limit?: number | undefined;
}

/**
 * Captures e-mails instead of sending them.
 *
 * E1  A mail is acknowledged when it is in the journal; the `.eml` file beside it is for people and may follow later,
 *     also after a restart.
 * E2  Every accepted mail is kept, once, until its time is over or its recipient is forgotten: whoever counts mails
 *     counts deliveries.
 * E3  A mail is gone when it is gone from the journal; its file goes after it, also after a restart.
 */
export class SesService implements MailCapture {
  readonly templates = new Map<string, EmailTemplate>();
  readonly configurationSets = new Set<string>();
  readonly feedback: MailFeedback;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #folder: string;
  /** Mails without a file yet, oldest first; files are made in this order. */
  #unfiled: Mail[] = [];
  #filing: Promise<void> | undefined;
  readonly #keptMs: number | undefined;
  #sweep: Timer | undefined;

  constructor(options: SesOptions) {
    this.feedback = new MailFeedback(options.events ?? NOBODY);
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#folder = join(options.dataFolder, 'mails');
    this.#keptMs = options.mailsKeptDays === undefined ? undefined : options.mailsKeptDays * DAY_MS;
    mkdirSync(this.#folder, { recursive: true, mode: PRIVATE_FOLDER });
    this.#journal.migrate(`
      CREATE TABLE IF NOT EXISTS mail (seq INTEGER PRIMARY KEY, message_id TEXT NOT NULL, content TEXT NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS email_identity (name TEXT PRIMARY KEY) STRICT;
      CREATE TABLE IF NOT EXISTS forgotten_mail (message_id TEXT PRIMARY KEY, sent_at_ms INTEGER NOT NULL) STRICT`);
  }

  /** Makes the files that the last run did not come to: the newest ones, since files follow the order of mails. */
  start(): void {
    if (this.#keptMs !== undefined) this.#forgetDaily(this.#keptMs);
    for (const row of this.#journal.sql('SELECT content FROM mail ORDER BY seq DESC').iterate()) {
      const mail = JSON.parse(String(row['content'])) as Mail;
      if (existsSync(this.#pathOf(mail))) break;
      this.#unfiled.unshift(mail);
    }
    this.#file();
  }

  /** Resolves when no file is being written any more. */
  async stop(): Promise<void> {
    this.#sweep?.cancel();
    await this.#filing;
  }

  /** Resolves with the message id when the mail is durable. */
  async send(content: Omit<Mail, 'messageId' | 'sentAtMs'>): Promise<string> {
    const mail: Mail = { messageId: randomUUID(), sentAtMs: this.#clock.nowMs(), ...content };
    await this.#journal.write(() => {
      const insert = 'INSERT INTO mail (message_id, content) VALUES (?, ?)';
      this.#journal.sql(insert).run(mail.messageId, JSON.stringify(mail));
    });
    this.#unfiled.push(mail);
    this.#file();
    await this.feedback.tell(mail);
    return mail.messageId;
  }

  async capture({ to, ...mail }: PlainMail): Promise<string> {
    return this.send({ ...mail, to: [to], cc: [], bcc: [], replyTo: [], headers: [], tags: {} });
  }

  forget(addresses: readonly string[]): void {
    this.#forget(this.list().filter((mail) => isTo(mail, addresses)));
  }

  /** Captured mails, oldest first. */
  list(filter: MailFilter = {}): Mail[] {
    const rows = this.#journal.sql('SELECT content FROM mail ORDER BY seq').iterate();
    const mails: Mail[] = [];
    for (const row of rows) {
      const mail = JSON.parse(String(row['content'])) as Mail;
      if (filter.to === undefined || isTo(mail, [filter.to])) mails.push(mail);
    }
    return filter.limit === undefined ? mails : mails.slice(-filter.limit);
  }

  async addIdentity(name: string): Promise<void> {
    await this.#journal.write(() => this.#journal.sql('INSERT OR IGNORE INTO email_identity VALUES (?)').run(name));
  }

  async removeIdentity(name: string): Promise<void> {
    this.#knownIdentity(name);
    await this.#journal.write(() => this.#journal.sql('DELETE FROM email_identity WHERE name = ?').run(name));
  }

  identities(): string[] {
    const rows = this.#journal.sql('SELECT name FROM email_identity ORDER BY name').all();
    return rows.map((row) => String(row['name']));
  }

  hasIdentity(name: string): boolean {
    return this.identities().includes(name);
  }

  #knownIdentity(name: string): void {
    if (!this.hasIdentity(name)) throw new AwsError('NotFoundException', `Email identity ${name} does not exist.`, 404);
  }

  #forgetDaily(keptMs: number): void {
    const nowMs = this.#clock.nowMs();
    void this.#journal.write(() => this.#forget(this.list().filter(({ sentAtMs }) => sentAtMs < nowMs - keptMs)));
    this.#sweep = this.#clock.at(nowMs + DAY_MS, () => this.#forgetDaily(keptMs));
  }

  /** Inside `Journal.write`. */
  #forget(mails: readonly Mail[]): void {
    for (const { messageId, sentAtMs } of mails) {
      this.#journal.sql('DELETE FROM mail WHERE message_id = ?').run(messageId);
      this.#journal.sql('INSERT OR IGNORE INTO forgotten_mail VALUES (?, ?)').run(messageId, sentAtMs);
    }
    const gone = new Set(mails.map(({ messageId }) => messageId));
    this.#unfiled = this.#unfiled.filter(({ messageId }) => !gone.has(messageId));
    this.#file();
  }

  #file(): void {
    if (this.#unfiled.length > 0 || this.#forgotten().length > 0) this.#filing ??= this.#fileAll();
  }

  /** A file that the disk refuses stays first in line: it is tried again after the next mail and at the next start. */
  async #fileAll(): Promise<void> {
    try {
      for (;;) {
        const mail = this.#unfiled[0];
        const forgotten = mail === undefined ? this.#forgotten() : [];
        if (mail !== undefined) await this.#writeFile(mail);
        else if (forgotten.length > 0) await this.#removeFiles(forgotten);
        else return;
        if (mail !== undefined && this.#unfiled[0] === mail) this.#unfiled.shift(); // it may be forgotten meanwhile
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    } finally {
      // In the same turn as the look that found nothing more, so that no mail falls in between.
      this.#filing = undefined;
    }
  }

  /** Mails whose files are to go. */
  #forgotten(): Pick<Mail, 'messageId' | 'sentAtMs'>[] {
    const rows = this.#journal.sql('SELECT message_id, sent_at_ms FROM forgotten_mail').all();
    return rows.map((row) => ({ messageId: String(row['message_id']), sentAtMs: Number(row['sent_at_ms']) }));
  }

  /** Not before it is durable that the mails are gone (E3). */
  async #removeFiles(forgotten: readonly Pick<Mail, 'messageId' | 'sentAtMs'>[]): Promise<void> {
    await this.#journal.flushed();
    for (const mail of forgotten) await rm(this.#pathOf(mail), { force: true });
    await this.#journal.write(() => {
      const remove = this.#journal.sql('DELETE FROM forgotten_mail WHERE message_id = ?');
      for (const { messageId } of forgotten) remove.run(messageId);
    });
  }

  /** Renamed into place, so that a half-written file is never taken for a mail. */
  async #writeFile(mail: Mail): Promise<void> {
    const path = this.#pathOf(mail);
    await writeFile(`${path}.part`, toEml(mail), { mode: PRIVATE_FILE });
    await rename(`${path}.part`, path);
  }

  /** Sorts by time: `2026-01-01T00-00-00.000Z <message id>.eml`. */
  #pathOf({ sentAtMs, messageId }: Pick<Mail, 'sentAtMs' | 'messageId'>): string {
    return join(this.#folder, `${new Date(sentAtMs).toISOString().replaceAll(':', '-')} ${messageId}.eml`);
  }
}

function isTo({ to, cc, bcc }: Mail, addresses: readonly string[]): boolean {
  return [...to, ...cc, ...bcc].some((recipient) => addresses.some((address) => names(recipient, address)));
}

/** Whether `Name <address>` or a bare address is that address. */
function names(recipient: string, address: string): boolean {
  return (/<([^>]*)>$/.exec(recipient)?.[1] ?? recipient).toLowerCase() === address.toLowerCase();
}

const NOBODY: EventPublisher = { publish: () => Promise.resolve() };
