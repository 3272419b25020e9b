import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Deployment } from '../../deployment.ts';
import { publishPage } from './publish-page.ts';
import { startPageStore, type PageStore } from './testing/page-store.ts';

const OUTPUTS = {
  PageBucketName: 'shop-page',
  PageDistributionId: 'E1ABC',
  PageUrl: 'https://shop.de',
  PageClientId: 'customers-client',
  SignInHost: 'customers-1.auth.eu-central-1.amazoncognito.com',
  OperatorPageClientId: 'operators-client',
  OperatorSignInHost: 'operators-1.auth.eu-central-1.amazoncognito.com',
};

let folder: string;
let store: PageStore;
let deployment: Deployment;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'page-'));
  for (const [name, text] of Object.entries({ 'index.html': '<h1>', 'page.js': 'start()', 'page.css': 'a{}' })) {
    writeFileSync(path.join(folder, name), text);
  }
  store = await startPageStore();
  deployment = deploymentWith({});
});

afterEach(async () => {
  deployment.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

function deploymentWith(outputs: Readonly<Record<string, string>>): Deployment {
  return new Deployment(
    { stackName: 'shop', endpointUrl: store.endpointUrl },
    new Map(Object.entries({ ...OUTPUTS, ...outputs })),
  );
}

test('every file is there before the one that names it, and only then CloudFront forgets the old ones', async () => {
  const { files, url, invalidationId } = await publishPage(deployment, folder);
  expect([files.at(-1), url, invalidationId]).toEqual(['index.html', 'https://shop.de', 'I1']);
  expect(store.files.map(({ key }) => key)).toEqual(files);
  expect(store.files.find(({ key }) => key === 'page.js')).toMatchObject({
    body: 'start()',
    contentType: 'text/javascript; charset=utf-8',
    cacheControl: expect.stringMatching(/max-age=0.*s-maxage=31536000/),
  });
  expect(store.invalidations).toEqual([{ distributionId: 'E1ABC', paths: '/*', afterFiles: 4 }]);
});

const configOf = () => JSON.parse(store.files.find(({ key }) => key === 'config.json')!.body) as object;

test('the page learns where both kinds of people sign in, and that nobody tells it of changes', async () => {
  await publishPage(deployment, folder);
  expect(configOf()).toEqual({
    signIn: {
      kind: 'pkce',
      customers: {
        clientId: 'customers-client',
        signInUrl: 'https://customers-1.auth.eu-central-1.amazoncognito.com',
        tokenPath: 'oauth2/token',
      },
      operators: {
        clientId: 'operators-client',
        signInUrl: 'https://operators-1.auth.eu-central-1.amazoncognito.com',
        tokenPath: 'operators/oauth2/token',
      },
    },
    live: 'polling',
  });
});

test('where operators are customers in a group, they sign in once', async () => {
  deployment.close();
  deployment = deploymentWith({ OperatorPageClientId: 'customers-client' });
  await publishPage(deployment, folder);
  expect(configOf()).not.toHaveProperty('signIn.operators');
});

test('a refused upload leaves the page that is there, and forgets nothing', async () => {
  deployment.close();
  deployment = deploymentWith({ PageBucketName: 'nobodys' });
  await expect(publishPage(deployment, folder)).rejects.toMatchObject({ name: 'NoSuchBucket' });
  expect([store.files, store.invalidations]).toEqual([[], []]);
});

test('a folder without a page is told, before anything is uploaded', async () => {
  await expect(publishPage(deployment, path.join(folder, 'nothing'))).rejects.toThrow('npm run build');
  expect(store.files).toEqual([]);
});
