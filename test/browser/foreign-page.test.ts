import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, inject, test } from 'vitest';
import type { System } from '../../cli/system.ts';
import { startTestSystem } from '../testing/started-system.ts';
import { connectToBrowser } from './testing/chromium.ts';

// A page of another port of this machine, in a real browser, tries to drive whatever a running shop listens on.

const ARMED_FAULT = JSON.stringify({ kind: 'dropBefore', operation: 'CREATE' });

let system: System;
let pages: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  system = await startTestSystem();
  pages = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>foreign'));
  await once(pages.listen(0, '127.0.0.1'), 'listening');
  browser = await connectToBrowser(inject('browserUrl'));
});
afterAll(async () => {
  await browser.close();
  pages.close();
  await system.stop();
});
beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(`http://localhost:${(pages.address() as AddressInfo).port}/`);
});
afterEach(() => page.close());

describe('a page of another port of this machine', () => {
  test('reads nothing of any listener', async () => {
    for (const url of readable()) expect(await readFrom(page, url), url).toBe('TypeError: Failed to fetch');
  });

  test('arms no fault of the payment sandbox, neither by a script nor by a form', async () => {
    const url = `${system.sandbox.url}/_sandbox/behaviours`;
    expect(await postBlindly(page, url, ARMED_FAULT)).toBe('opaque');
    expect(await postForm(page, url, ARMED_FAULT)).toBe(403);
    expect(await (await fetch(url)).json()).toEqual({ behaviours: [] });
  });

  test('makes no queue by a form in the query protocol, nor a table by a script', async () => {
    const { endpointUrl } = system.runtime;
    const before = await resources();
    expect(await postBlindly(page, `${endpointUrl}/?Action=CreateQueue&QueueName=foreign`, '{}')).toBe('opaque');
    expect(await postForm(page, `${endpointUrl}/?Action=GetCallerIdentity`, '{}')).toBe(403);
    expect(await resources()).toEqual(before);
  });

  test('orders nothing at the API without a token, and reads no answer', async () => {
    const url = `${system.runtime.httpApiUrl}/basket/checkout`;
    expect(await postBlindly(page, url, '{}')).toBe('opaque');
    expect(await postForm(page, url, '{}')).toBe(401);
  });

  test('drives nothing behind the shop’s page: no machine, no API, no sandbox, no AWS', async () => {
    const { url } = system.gateway;
    for (const path of ['/config.json', '/api/products', '/pay/_sandbox/ledger', '/aws/_runtime/resources', '/live']) {
      expect(await readFrom(page, url + path), path).toBe('TypeError: Failed to fetch');
    }
    const armed = `${url}/pay/_sandbox/behaviours`;
    for (const path of [armed, `${url}/machine/check-books`]) {
      expect(await postBlindly(page, path, ARMED_FAULT)).toBe('opaque');
    }
    expect(await postForm(page, armed, ARMED_FAULT)).toBe(403);
    expect(await (await fetch(armed)).json()).toEqual({ behaviours: [] });
  });

  test('cannot show the shop’s page inside itself', async () => {
    await page.setContent(`<iframe src="${system.gateway.url}/" title="shop"></iframe>`);
    const frame = page.frames().find((each) => each !== page.mainFrame());
    await expect.poll(() => frame?.url()).toMatch(/^chrome-error:/);
  });

  test('finds no store on the address that everybody knows', async () => {
    const { port } = new URL(system.runtime.services.dynamoDb.serverUrl);
    expect(await postBlindly(page, `http://127.0.0.1:${port}/`, '{}')).toBe('TypeError: Failed to fetch');
  });

  test('leads a customer to the confirmation page, whose own form is taken', async () => {
    const url = await waitingPayment();
    await page.setContent(`<a href="${url}">pay</a>`);
    await page.click('a');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('succeeded').waitFor();
    expect(page.url()).toBe(url);
  });
});

function readable(): string[] {
  const { endpointUrl, httpApiUrl } = system.runtime;
  return [`${endpointUrl}/_runtime/resources`, `${httpApiUrl}/products`, `${system.sandbox.url}/_sandbox/ledger`];
}

async function resources(): Promise<unknown> {
  return (await fetch(`${system.runtime.endpointUrl}/_runtime/resources`)).json();
}

/** @returns the text, or the error that the browser gives the script. */
function readFrom(from: Page, url: string): Promise<string> {
  return from.evaluate((address) => fetch(address).then((answer) => answer.text(), String), url);
}

/** A request that needs no preflight, and whose answer the page may not see. @returns `opaque` when it was sent. */
function postBlindly(from: Page, url: string, body: string): Promise<string> {
  return from.evaluate(
    ([address = '', text = '']) =>
      fetch(address, { method: 'POST', mode: 'no-cors', body: text }).then(({ type }) => type, String),
    [url, body],
  );
}

/** A form as text, whose one field is the body. @returns the status of the page that it leads to. */
async function postForm(from: Page, url: string, body: string): Promise<number | undefined> {
  const name = body.replaceAll('"', '&quot;');
  await from.setContent(`<form method="post" action="${url}" enctype="text/plain"><input name="${name}"><button>`);
  const answered = from.waitForResponse((response) => response.url() === url);
  await from.click('button');
  return (await answered).status();
}

/** A payment that waits for its customer. @returns where the customer confirms it. */
async function waitingPayment(): Promise<string> {
  const body = new URLSearchParams({
    amount: '4200',
    currency: 'eur',
    payment_method: 'pm_card_authenticationRequired',
    confirm: 'true',
    'allowed_payment_method_types[0]': 'card',
    'metadata[orderId]': 'order-1',
  });
  const headers = { authorization: 'Bearer sk_test_sandbox' };
  const answer = await fetch(`${system.sandbox.url}/v1/payment_intents`, { method: 'POST', headers, body });
  const { id } = (await answer.json()) as { id: string };
  return `${system.gateway.url}/pay/_sandbox/confirmation/${id}`;
}
