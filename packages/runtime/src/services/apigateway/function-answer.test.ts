import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../shared/aws-error.ts';
import type { InvocationResult } from '../shared/ports/functions.ts';
import { ok, openGateway, type GatewayUnderTest, type Handler } from './testing/gateway-under-test.ts';

let gateway: GatewayUnderTest;

beforeEach(async () => {
  gateway = await openGateway();
});

afterEach(() => gateway.service.stop());

describe("the function's result", () => {
  test('with a status code is the response, with several cookies', async () => {
    gateway.handler = () =>
      ok({
        statusCode: 201,
        headers: { 'X-One': 1, 'Content-Type': 'text/html' },
        cookies: ['a=1', 'b=2; Secure'],
        body: '<p>',
      });
    await gateway.startApi();
    const answer = await gateway.send('/a');
    expect(answer).toMatchObject({
      status: 201,
      body: '<p>',
      headers: { 'x-one': '1', 'content-type': 'text/html', 'set-cookie': ['a=1', 'b=2; Secure'] },
    });
    expect(answer.headers['apigw-requestid']).toBe(gateway.invocations[0]?.event['requestContext'].requestId);
  });

  test.each([
    { result: { a: 1 }, body: '{"a":1}' },
    { result: 'Hello', body: 'Hello' },
    { result: [1], body: '[1]' },
    { result: null, body: 'null' },
  ])('$result without one is the body of a 200', async ({ result, body }) => {
    gateway.handler = () => ok(result);
    await gateway.startApi();
    expect(await gateway.send('/a')).toMatchObject({
      status: 200,
      body,
      headers: { 'content-type': 'application/json' },
    });
  });

  test('may be binary', async () => {
    gateway.handler = () => ok({ statusCode: 200, body: Buffer.from('raw').toString('base64'), isBase64Encoded: true });
    await gateway.startApi();
    expect(await gateway.send('/a')).toMatchObject({
      body: 'raw',
      headers: { 'content-type': 'text/plain;charset=UTF-8', 'content-length': '3' },
    });
  });

  test('204 has neither body nor length', async () => {
    gateway.handler = () => ok({ statusCode: 204 });
    await gateway.startApi();
    const { status, body, headers } = await gateway.send('/a');
    expect({ status, body, length: headers['content-length'] }).toEqual({ status: 204, body: '', length: undefined });
  });

  test.each<{ why: string; fail: Handler }>([
    { why: 'the function fails', fail: () => ({ payload: '{"errorMessage":"secret"}', functionError: 'Unhandled' }) },
    { why: 'the status code is none', fail: () => ok({ statusCode: 'ok' }) },
    { why: 'the body is an object', fail: () => ok({ statusCode: 200, body: {} }) },
    {
      why: 'a header would split the response',
      fail: () => ok({ statusCode: 200, headers: { a: 'x\r\nset-cookie: evil=1' } }),
    },
    { why: 'a header name is none', fail: () => ok({ statusCode: 200, headers: { 'a b': 'x' } }) },
    { why: 'the result is no JSON', fail: () => ({ payload: '{' }) },
    {
      why: 'the function is missing',
      fail: () => {
        throw new AwsError('ResourceNotFoundException', 'Function not found', 404);
      },
    },
    {
      why: 'the function is throttled',
      fail: () => {
        throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
      },
    },
    {
      why: 'this process has a fault',
      fail: () => {
        throw new Error('secret');
      },
    },
  ])('is 500 Internal Server Error when $why', async ({ fail }) => {
    gateway.handler = fail;
    await gateway.startApi();
    const answer = await gateway.send('/a');
    expect(answer).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
  });

  test('that takes longer than the integration allows is 503, and the invocation goes on', async () => {
    const finish = Promise.withResolvers<InvocationResult>();
    gateway.handler = () => finish.promise;
    await gateway.startApi({ integration: { TimeoutInMillis: 5000 } });
    const answer = gateway.send('/a');
    await expect.poll(() => gateway.invocations.length).toBe(1);
    await gateway.clock.advanceBy(5000);
    expect(await answer).toMatchObject({ status: 503, body: '{"message":"Service Unavailable"}' });
    finish.resolve(ok('late'));
  });
});
