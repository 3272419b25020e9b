import { expect, test } from 'vitest';
import models from '../services/shared/models/input-models.json' with { type: 'json' };
import { inputModels } from './testing/sdk-models.ts';

test('the models of requests are those of the SDK (write them with npm run input-models)', async () => {
  expect(models).toEqual(await inputModels(Object.keys(models)));
});
