import { expect, test } from 'vitest';
import { fitted, inputModel } from './input-model.ts';

test.each<[operation: string, input: unknown, message: string]>([
  ['AWSStepFunctions.CreateStateMachine', { tags: [null] }, 'tags[0] must be an object; it is null.'],
  [
    'AWSStepFunctions.TagResource',
    { tags: [{ key: 'a', value: 'b' }, null] },
    'tags[1] must be an object; it is null.',
  ],
  ['AWSStepFunctions.TagResource', { tags: { key: 'a' } }, 'tags must be a list; it is an object.'],
  ['AWSStepFunctions.UntagResource', { tagKeys: [null] }, 'tagKeys[0] must be a string; it is null.'],
  ['AWSStepFunctions.UntagResource', { tagKeys: 'a' }, 'tagKeys must be a list; it is a string.'],
  ['AmazonSQS.CreateQueue', { tags: { a: null } }, 'tags.a must be a string; it is null.'],
  ['AmazonSQS.UntagQueue', { TagKeys: [null] }, 'TagKeys[0] must be a string; it is null.'],
  ['AmazonSQS.ChangeMessageVisibilityBatch', { Entries: [null] }, 'Entries[0] must be an object; it is null.'],
  ['AmazonSQS.SendMessage', { DelaySeconds: '5' }, 'DelaySeconds must be a number; it is a string.'],
  ['AmazonSQS.SendMessage', { MessageBody: 5 }, 'MessageBody must be a string; it is a number.'],
  [
    'AWSEvents.PutTargets',
    { Targets: [{ RetryPolicy: [] }] },
    'Targets[0].RetryPolicy must be an object; it is a list.',
  ],
  [
    'AWSEvents.PutEvents',
    { Entries: [{ Resources: [[]] }] },
    'Entries[0].Resources[0] must be a string; it is a list.',
  ],
  ['AWSEvents.PutEvents', { Entries: [{ Time: true }] }, 'Entries[0].Time must be a time; it is a boolean.'],
  ['secretsmanager.CreateSecret', { Tags: [{ Key: 1 }] }, 'Tags[0].Key must be a string; it is a number.'],
  ['secretsmanager.CreateSecret', [], 'The request must be an object; it is a list.'],
])('%s of %j is no request', (operation, input, message) => {
  const fit = (): unknown => fitted(input, inputModel(operation) ?? {});
  expect(fit).toThrow(expect.objectContaining({ code: 'SerializationException', statusCode: 400, message }));
});

test('a null for a member counts as absent, and what no model knows is left out', () => {
  const input = { QueueUrl: 'q', DelaySeconds: null, Color: 'red', constructor: 1 };
  expect(fitted(input, inputModel('AmazonSQS.SendMessage') ?? {})).toEqual({ QueueUrl: 'q' });
});

test('names that JavaScript knows are ordinary keys of a map', () => {
  const input = JSON.parse('{"Attributes":{"__proto__":"1","toString":"2"}}') as unknown;
  const { Attributes } = fitted(input, inputModel('AmazonSQS.CreateQueue') ?? {}) as Record<string, object>;
  expect(Object.entries(Attributes ?? {})).toEqual([
    ['__proto__', '1'],
    ['toString', '2'],
  ]);
});
