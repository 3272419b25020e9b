import { describe, expect, test } from 'vitest';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { basketCheckedOutSample } from '../../events/basket-checked-out.ts';
import { explain } from './dead-letter-explanation.ts';

const envelope = (detail: unknown, detailType = BasketCheckedOut.detailType, source = 'shop.basket') =>
  JSON.stringify({ source, 'detail-type': detailType, detail });
const reasonsOf = (Body: string) => explain({ Body }).reasons;

describe('why a message is in a dead-letter queue', () => {
  test('each field that its schema refuses is named', () => {
    const { currency: _missing, ...rest } = basketCheckedOutSample;
    const [first, ...others] = reasonsOf(envelope({ ...rest, lines: [], extra: 1 }));
    expect([first, ...others].join('\n')).toMatch(/invalid currency: .*\n.*invalid lines: /);
    expect(explain({ Body: envelope(rest) })).toMatchObject({
      subject: 'BasketCheckedOut.v1 from shop.basket',
      orderId: basketCheckedOutSample.orderId,
    });
  });

  test('a sound event is the fault of its worker', () => {
    expect(reasonsOf(envelope(basketCheckedOutSample))).toEqual([
      'the message is valid, but its worker failed each time: look for the message id in its log',
    ]);
  });

  test('an event of no schema, a body that is no event and one that is no JSON are told apart', () => {
    expect(reasonsOf(envelope({}, 'OrderEaten.v1'))).toEqual(['the shop has no such event']);
    expect(reasonsOf('{"hello":1}')).toEqual(['the body is not an event: source, detail-type or detail is missing']);
    expect(reasonsOf('hello')).toEqual(['the body is not JSON']);
  });

  test('EventBridge says why it could not deliver', () => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const { reasons } = explain({
      Body: envelope(basketCheckedOutSample),
      MessageAttributes: {
        ERROR_CODE: text('NO_PERMISSIONS'),
        RETRY_ATTEMPTS: text('3'),
        EXHAUSTED_RETRY_CONDITION: text('MaximumEventAgeInSeconds'),
      },
    });
    expect(reasons).toEqual(['delivery failed: NO_PERMISSIONS', 'gave up by: MaximumEventAgeInSeconds', 'attempts: 3']);
  });

  test('Lambda’s record of a failed invocation names function, error and order', () => {
    const record = {
      requestContext: {
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:park-failed:$LATEST',
        condition: 'RetriesExhausted',
      },
      requestPayload: {
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        detail: { name: basketCheckedOutSample.orderId },
      },
      responsePayload: { errorType: 'StoreUnavailable', errorMessage: 'timed out' },
    };
    expect(explain({ Body: JSON.stringify(record) })).toMatchObject({
      subject: 'failed invocation of park-failed',
      orderId: basketCheckedOutSample.orderId,
      reasons: ['given up by: RetriesExhausted', 'error: StoreUnavailable: timed out'],
    });
  });
});
