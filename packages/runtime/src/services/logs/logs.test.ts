import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { serveAws } from '../testing/serve-aws.ts';
import { testStack } from '../testing/test-stack.ts';
import { logsApi } from './logs-api.ts';
import { LogsService, type LogsOptions } from './logs-service.ts';
import { MetricStore } from '../cloudwatch/metric-store.ts';

const GROUP = '/aws/lambda/echo';
const START_MS = Date.UTC(2026, 0, 1);

let dataFolder: string;
let clock: ManualClock;
let service: LogsService;

function open(options: Partial<LogsOptions> = {}): LogsService {
  return new LogsService({ clock, stack: testStack, dataFolder, ...options });
}

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'logs-'));
  clock = new ManualClock(START_MS);
  service = open();
});

afterEach(async () => {
  await service.stop();
  rmSync(dataFolder, { recursive: true });
});

async function messages(group = GROUP): Promise<string[]> {
  return ((await service.events(group)) ?? []).map(({ message }) => message);
}

describe('appending', () => {
  test('writes nothing at once, and everything together after 100 ms', async () => {
    for (let line = 0; line < 1000; line += 1) service.append(GROUP, `line ${line}`, START_MS + line);
    const path = join(dataFolder, 'logs', `${encodeURIComponent(GROUP)}.log`);
    expect(() => statSync(path)).toThrow('ENOENT');
    await clock.advanceBy(100);
    await service.flush();
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1001);
  });

  test('keeps lines over a restart, and a line torn by a crash harms no other', async () => {
    service.append(GROUP, 'one', START_MS);
    service.append('/other', 'two', START_MS);
    await service.stop();
    appendFileSync(join(dataFolder, 'logs', `${encodeURIComponent(GROUP)}.log`), `${START_MS} tor`);
    service = open();
    service.append(GROUP, 'three', START_MS + 1);
    expect(await messages()).toEqual(['one', 'tor', 'three']);
    expect(service.groups().map(({ name }) => name)).toEqual([GROUP, '/other']);
  });

  test('keeps a message of many lines as one event', async () => {
    service.append(GROUP, 'Error: x\n    at y\r\n    at z', START_MS);
    expect(await messages()).toEqual(['Error: x\r    at y\r    at z']);
  });

  test('bounds the disk: two files for each group', async () => {
    await service.stop();
    service = open({ maxFileBytes: 100 });
    for (let line = 0; line < 20; line += 1) {
      service.append(GROUP, `line ${line} ${'x'.repeat(40)}`, START_MS + line);
      await service.flush();
    }
    const kept = await messages();
    expect(kept.at(-1)).toMatch(/^line 19 /);
    expect(kept.length).toBeLessThanOrEqual(4);
  });

  test('bounds the memory: lines beyond it are counted, not kept', async () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    for (let line = 0; line < 10; line += 1) service.append(GROUP, megabyte, START_MS);
    const [, , , , notice, ...more] = await messages();
    expect(notice).toBe('6 log lines were lost: the disk is slower than the writers.');
    expect(more).toEqual([]);
  });

  test('says how many lines a failing disk took', async () => {
    const blocked = join(dataFolder, 'logs', `${encodeURIComponent(GROUP)}.log`);
    mkdirSync(blocked);
    service.append(GROUP, 'lost', START_MS);
    await service.flush();
    rmSync(blocked, { recursive: true });
    service.append(GROUP, 'kept', START_MS);
    expect(await messages()).toEqual(['kept', expect.stringMatching(/^1 log lines were lost: EISDIR/)]);
  });

  test('the last lines are at hand without the disk', () => {
    for (let line = 0; line < 500; line += 1) service.append(GROUP, `line ${line}`, START_MS + line);
    expect(service.tail(GROUP)).toHaveLength(200);
    expect(service.tail(GROUP, 1)).toEqual([{ timestampMs: START_MS + 499, message: 'line 499' }]);
    expect(service.tail('/none')).toEqual([]);
  });

  test('who asks for its end is answered from memory as from the disk', async () => {
    for (const [index, message] of ['one', 'two\n  lines', 'three'].entries())
      service.append(GROUP, message, START_MS + index);
    const fromMemory = await service.events(GROUP, START_MS + 1);
    await service.stop();
    service = open();
    expect(fromMemory).toEqual([
      { timestampMs: START_MS + 1, message: 'two\r  lines' },
      { timestampMs: START_MS + 2, message: 'three' },
    ]);
    expect(await service.events(GROUP, START_MS + 1)).toEqual(fromMemory);
  });

  test('tells a listener of each line as it comes', async () => {
    const heard: string[] = [];
    await service.stop();
    service = open({ onLogLine: ({ logGroup, message, atMs }) => heard.push(`${logGroup} ${atMs} ${message}`) });
    service.append(GROUP, 'one', START_MS);
    expect(heard).toEqual([`${GROUP} ${START_MS} one`]);
  });

  test('hands embedded metrics on', async () => {
    const metrics = new MetricStore();
    await service.stop();
    service = open({ metrics });
    const emf = {
      _aws: {
        Timestamp: START_MS,
        CloudWatchMetrics: [{ Namespace: 'N', Dimensions: [['s']], Metrics: [{ Name: 'm' }] }],
      },
      s: 'a',
      m: 2,
    };
    service.append(GROUP, JSON.stringify(emf), START_MS);
    const metric = { namespace: 'N', name: 'm', dimensions: { s: 'a' } };
    expect(metrics.datapoint(metric, 'Sum', START_MS, START_MS + 60_000)).toBe(2);
  });
});

describe('the API', () => {
  let server: Awaited<ReturnType<typeof serveAws>>;
  let client: CloudWatchLogsClient;

  beforeEach(async () => {
    server = await serveAws({ json: [logsApi(service)] });
    client = new CloudWatchLogsClient({ endpoint: server.url });
    for (const [index, level] of ['INFO', 'ERROR', 'INFO', 'ERROR'].entries()) {
      // Two lines of one millisecond, to see that paging neither skips nor repeats.
      service.append(GROUP, JSON.stringify({ level, index }), START_MS + Math.floor(index / 2));
    }
    service.append(GROUP, 'plain text', START_MS + 10);
  });

  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  test('lists groups and their stream', async () => {
    service.declareGroup('/aws/empty');
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/' }));
    expect(logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(['/aws/empty', GROUP]);
    const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: GROUP }));
    expect(logStreams).toMatchObject([{ firstEventTimestamp: START_MS, lastEventTimestamp: START_MS + 10 }]);
  });

  test('filters by time and pattern, page by page', async () => {
    const seen: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new FilterLogEventsCommand({
          logGroupName: GROUP,
          startTime: START_MS,
          endTime: START_MS + 10,
          limit: 1,
          nextToken,
        }),
      );
      seen.push(...(page.events ?? []).map(({ message }) => message));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(seen.map((message) => (JSON.parse(message ?? '') as { index: number }).index)).toEqual([0, 1, 2, 3]);
  });

  test.each([
    { pattern: '{ $.level = "ERROR" }', count: 2 },
    { pattern: '{ $.level = "E*" && $.index > 1 }', count: 1 },
    { pattern: '{ $.index = 0 || $.index = 3 }', count: 2 },
    { pattern: '{ $.level != "INFO" }', count: 2 },
    { pattern: 'ERROR', count: 2 },
    { pattern: '"plain text"', count: 1 },
    { pattern: '?ERROR ?plain', count: 3 },
    { pattern: '-INFO', count: 3 },
    { pattern: '', count: 5 },
  ])('the pattern $pattern finds $count events', async ({ pattern, count }) => {
    const { events } = await client.send(new FilterLogEventsCommand({ logGroupName: GROUP, filterPattern: pattern }));
    expect(events).toHaveLength(count);
  });

  test('reads a stream forward and backward, and stays at its end', async () => {
    const stream = { logGroupName: GROUP, logStreamName: 'runtime' };
    const last = await client.send(new GetLogEventsCommand({ ...stream, limit: 2 }));
    expect(last.events?.map(({ timestamp }) => timestamp)).toEqual([START_MS + 1, START_MS + 10]);
    const before = await client.send(new GetLogEventsCommand({ ...stream, nextToken: last.nextBackwardToken }));
    expect(before.events).toHaveLength(3);
    const after = await client.send(new GetLogEventsCommand({ ...stream, nextToken: last.nextForwardToken }));
    expect(after).toMatchObject({ events: [], nextForwardToken: last.nextForwardToken });
  });

  test.each([
    { why: 'an unknown group', input: { logGroupName: '/none' }, error: 'ResourceNotFoundException' },
    {
      why: 'a pattern of fields',
      input: { logGroupName: GROUP, filterPattern: '[a, b]' },
      error: 'InvalidParameterException',
    },
    {
      why: 'a mixed condition',
      input: { logGroupName: GROUP, filterPattern: '{ $.a=1 && $.b=2 || $.c=3 }' },
      error: 'InvalidParameterException',
    },
  ])('$why is answered with $error', async ({ input, error }) => {
    await expect(client.send(new FilterLogEventsCommand(input))).rejects.toMatchObject({ name: error });
  });
});
