import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateEmailIdentityCommand,
  ListEmailIdentitiesCommand,
  SendEmailCommand,
  SESv2Client,
  type SendEmailCommandInput,
} from '@aws-sdk/client-sesv2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { Journal } from '../../store/journal.ts';
import { serveAws } from '../testing/serve-aws.ts';
import { declare } from '../testing/test-stack.ts';
import { sesResourceTypes } from './resource-types.ts';
import { sesApi } from './ses-api.ts';
import { SesService } from './ses-service.ts';

let dataFolder: string;
let journal: Journal;
let service: SesService;
let server: Awaited<ReturnType<typeof serveAws>>;
let client: SESv2Client;
let clock: ManualClock;

beforeEach(async () => {
  clock = new ManualClock(Date.UTC(2026, 0, 1));
  dataFolder = mkdtempSync(join(tmpdir(), 'ses-'));
  await open();
});

afterEach(async () => {
  await close();
  rmSync(dataFolder, { recursive: true });
});

async function open(mailsKeptDays?: number): Promise<void> {
  journal = new Journal(join(dataFolder, 'journal.sqlite'));
  service = new SesService({ journal, clock, dataFolder, mailsKeptDays });
  service.start();
  server = await serveAws({ rest: [sesApi(service)] });
  client = new SESv2Client({ endpoint: server.url });
}

async function close(): Promise<void> {
  client.destroy();
  await server.close();
  await service.stop();
  journal.close();
}

function simple(changes: Partial<SendEmailCommandInput> = {}): SendEmailCommandInput {
  return {
    FromEmailAddress: 'Shop <shop@example.com>',
    Destination: { ToAddresses: ['alice@example.com'] },
    Content: {
      Simple: { Subject: { Data: 'Grüße' }, Body: { Text: { Data: 'Hello\nWorld' }, Html: { Data: '<p>Hello</p>' } } },
    },
    ...changes,
  };
}

function files(): string[] {
  return readdirSync(join(dataFolder, 'mails')).sort();
}

describe('a sent mail', () => {
  test('is captured with all its parts, listed and filed', async () => {
    const { MessageId } = await client.send(
      new SendEmailCommand(simple({ EmailTags: [{ Name: 'kind', Value: 'greeting' }] })),
    );
    await service.stop();

    const captured = {
      messageId: MessageId,
      sentAtMs: Date.UTC(2026, 0, 1),
      from: 'Shop <shop@example.com>',
      to: ['alice@example.com'],
      subject: 'Grüße',
      text: 'Hello\nWorld',
      html: '<p>Hello</p>',
      tags: { kind: 'greeting' },
    };
    expect(service.list()).toMatchObject([captured]);
    expect(await (await fetch(`${server.url}/_runtime/mails`)).json()).toMatchObject({ mails: [captured] });
    expect(files()).toEqual([`2026-01-01T00-00-00.000Z ${MessageId}.eml`]);
    const eml = readFileSync(join(dataFolder, 'mails', files()[0] ?? ''), 'utf8');
    expect(eml).toContain(
      'From: Shop <shop@example.com>\r\nTo: alice@example.com\r\nSubject: =?UTF-8?B?R3LDvMOfZQ==?=\r\n',
    );
    expect(eml).toContain('Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n');
    expect(eml).toContain(Buffer.from('<p>Hello</p>').toString('base64'));
  });

  test('that was acknowledged survives the process, and gets its file then', async () => {
    const { MessageId } = await client.send(new SendEmailCommand(simple()));
    await service.stop();
    rmSync(join(dataFolder, 'mails'), { recursive: true });
    await close();
    await open();
    expect(service.list()).toMatchObject([{ messageId: MessageId }]);
    await service.stop();
    expect(files()).toHaveLength(1);
  });

  test('whose file the disk refuses gets it after the next one', async () => {
    const folder = join(dataFolder, 'mails');
    rmSync(folder, { recursive: true });
    await client.send(new SendEmailCommand(simple()));
    await service.stop();
    mkdirSync(folder);
    await client.send(new SendEmailCommand(simple()));
    await service.stop();
    expect(files()).toHaveLength(2);
  });

  test('may be raw', async () => {
    const message = 'From: a@example.com\r\nTo: b@example.com,\r\n c@example.com\r\nSubject: Raw\r\n\r\nBody';
    await client.send(new SendEmailCommand({ Content: { Raw: { Data: Buffer.from(message) } } }));
    await service.stop();
    expect(service.list()).toMatchObject([
      { from: 'a@example.com', to: ['b@example.com', 'c@example.com'], subject: 'Raw' },
    ]);
    expect(readFileSync(join(dataFolder, 'mails', files()[0] ?? ''), 'utf8')).toBe(message);
  });

  test('may come from a template, whose values cannot become markup', async () => {
    const Template = { TemplateName: 'hello', SubjectPart: 'Hi {{name}}', HtmlPart: '<b>{{name}}</b> {{{order.id}}}' };
    await declare(sesResourceTypes(service), 'AWS::SES::Template', 'T', { Template });
    const TemplateData = JSON.stringify({ name: '<Alice>', order: { id: 7 } });
    await client.send(new SendEmailCommand(simple({ Content: { Template: { TemplateName: 'hello', TemplateData } } })));
    expect(service.list()).toMatchObject([{ subject: 'Hi <Alice>', html: '<b>&lt;Alice&gt;</b> 7' }]);
  });

  test('is found by its recipient', async () => {
    for (const ToAddresses of [['Bob <BOB@example.com>'], ['alice@example.com'], ['bob@example.com']]) {
      await client.send(new SendEmailCommand(simple({ Destination: { ToAddresses } })));
    }
    expect(service.list({ to: 'bob@example.com' })).toHaveLength(2);
    const newest = (await (await fetch(`${server.url}/_runtime/mails?to=bob@example.com&limit=1`)).json()) as {
      mails: { to: string[] }[];
    };
    expect(newest.mails.map(({ to }) => to)).toEqual([['bob@example.com']]);
  });
});

describe('a mail is refused', () => {
  const subject = (Data: string): SendEmailCommandInput['Content'] => ({
    Simple: { Subject: { Data }, Body: { Text: { Data: 'x' } } },
  });
  const template = (TemplateData: string, Text = '{{a}}'): SendEmailCommandInput['Content'] => ({
    Template: { TemplateContent: { Subject: 's', Text }, TemplateData },
  });

  test.each<{ why: string; changes: Partial<SendEmailCommandInput>; error?: string }>([
    { why: 'without recipient', changes: { Destination: {} } },
    { why: 'without sender', changes: { FromEmailAddress: undefined } },
    { why: 'to what is no address', changes: { Destination: { ToAddresses: ['alice'] } } },
    {
      why: 'with a recipient that smuggles a header',
      changes: { Destination: { ToAddresses: ['a@example.com\r\nBcc: b@example.com'] } },
    },
    { why: 'with a subject that smuggles a header', changes: { Content: subject('a\nBcc: b@example.com') } },
    {
      why: 'to too many',
      changes: { Destination: { ToAddresses: Array.from({ length: 51 }, (_, index) => `u${index}@example.com`) } },
    },
    { why: 'without content', changes: { Content: {} } },
    { why: 'with template data that lacks a value', changes: { Content: template('{}') } },
    { why: 'with template data that is no JSON', changes: { Content: template('{') } },
    { why: 'with a template block', changes: { Content: template('{"a":[]}', '{{#each a}}x{{/each}}') } },
    {
      why: 'with a template that reaches for the prototype',
      changes: { Content: template('{}', '{{constructor.name}}') },
    },
    {
      why: 'with an unknown template',
      changes: { Content: { Template: { TemplateName: 'nope' } } },
      error: 'NotFoundException',
    },
    { why: 'with an unknown configuration set', changes: { ConfigurationSetName: 'nope' }, error: 'NotFoundException' },
  ])('$why', async ({ changes, error = 'BadRequestException' }) => {
    await expect(client.send(new SendEmailCommand(simple(changes)))).rejects.toMatchObject({ name: error });
    expect(service.list()).toEqual([]);
  });
});

describe('a captured mail goes, with its file,', () => {
  const to = (...addresses: string[]) => simple({ Destination: { ToAddresses: addresses } });
  const recipients = () => service.list().map((mail) => mail.to);

  test('when its recipient is forgotten, however the address is written; the mails of others stay', async () => {
    for (const address of ['alice@example.com', 'Alice <ALICE@example.com>', 'bob@example.com']) {
      await client.send(new SendEmailCommand(to(address)));
    }
    await journal.write(() => service.forget(['alice@example.com']));
    expect(recipients()).toEqual([['bob@example.com']]);
    await service.stop();
    expect(files()).toHaveLength(1);
  });

  test('also when the machine stops between the two', async () => {
    await client.send(new SendEmailCommand(to('alice@example.com')));
    await service.stop();
    const [file = ''] = files();
    await journal.write(() => service.forget(['alice@example.com']));
    await service.stop();
    // As a kill in between leaves it: the file is there, and the note that it is to go.
    writeFileSync(join(dataFolder, 'mails', file), 'To: alice@example.com');
    await journal.write(() => {
      const messageId = file.slice(file.indexOf(' ') + 1, -'.eml'.length);
      journal.sql('INSERT INTO forgotten_mail VALUES (?, ?)').run(messageId, clock.nowMs());
    });
    await close();
    await open();
    await service.stop();
    expect(files()).toEqual([]);
  });

  test('when its time is over', async () => {
    await client.send(new SendEmailCommand(to('alice@example.com')));
    await close();
    await open(7);
    await clock.advanceBy(7 * 86_400_000);
    await client.send(new SendEmailCommand(to('bob@example.com')));
    expect(recipients()).toHaveLength(2);
    await clock.advanceBy(86_400_000);
    expect(recipients()).toEqual([['bob@example.com']]);
    await service.stop();
    expect(files()).toHaveLength(1);
  });
});

describe('identities and configuration sets', () => {
  test('of the template and of the API are there after a restart', async () => {
    await declare(sesResourceTypes(service), 'AWS::SES::EmailIdentity', 'I', { EmailIdentity: 'example.com' });
    await client.send(new CreateEmailIdentityCommand({ EmailIdentity: 'shop@example.com' }));
    await close();
    await open();
    const { EmailIdentities } = await client.send(new ListEmailIdentitiesCommand({}));
    expect(EmailIdentities?.map(({ IdentityName, IdentityType }) => [IdentityName, IdentityType])).toEqual([
      ['example.com', 'DOMAIN'],
      ['shop@example.com', 'EMAIL_ADDRESS'],
    ]);
  });

  test('an identity is created once', async () => {
    const create = new CreateEmailIdentityCommand({ EmailIdentity: 'shop@example.com' });
    await client.send(create);
    await expect(client.send(create)).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  });

  test('a configuration set of the template may be named in a mail', async () => {
    const { ref } = await declare(sesResourceTypes(service), 'AWS::SES::ConfigurationSet', 'Set', {});
    await client.send(new SendEmailCommand(simple({ ConfigurationSetName: ref })));
    expect(service.list()).toMatchObject([{ configurationSet: ref }]);
  });
});
