import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ManualClock } from '@order-workflow/states-language/clock';
import { declare, testStack } from '../testing/test-stack.ts';
import { LogsService } from './logs-service.ts';
import { logsResourceTypes } from './resource-types.ts';

test('a log group of the template is there before its first line, under the same name at every start', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'log-groups-'));
  const service = new LogsService({ clock: new ManualClock(), stack: testStack, dataFolder });
  const types = logsResourceTypes(service);

  const named = await declare(types, 'AWS::Logs::LogGroup', 'Named', {
    LogGroupName: '/app/access',
    RetentionInDays: 7,
  });
  const unnamed = await declare(types, 'AWS::Logs::LogGroup', 'Unnamed', {});

  expect(named).toEqual({
    ref: '/app/access',
    attributes: { Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/app/access:*' },
  });
  expect(unnamed.ref).toMatch(/^test-stack-Unnamed-\w{12}$/);
  expect(await declare(types, 'AWS::Logs::LogGroup', 'Unnamed', {})).toEqual(unnamed);
  expect(service.groups().map(({ name }) => name)).toEqual(['/app/access', unnamed.ref]);
  await service.stop();
  rmSync(dataFolder, { recursive: true });
});
