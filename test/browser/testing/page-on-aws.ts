import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inject } from 'vitest';
import { DEFAULT_STACK_NAME, Deployment } from '../../../cli/deployment.ts';
import { passOn } from '../../../cli/gateway/pass-on.ts';
import { pageConfigOf } from '../../../cli/orders/publish/page-config.ts';
import { endpointUrlOf } from './shop-process.ts';

/** Where the template of a developer lets Cognito lead a browser back to. */
const PAGE_URL = 'http://localhost:4569';

/** The page of the running shop as CloudFront gives it, with the user pool's own sign-in page beside it. */
export interface PageOnAws {
  readonly pageUrl: string;
  /** Of the user pool's pages, without a slash at the end. */
  readonly signInUrl: string;
  readonly deployment: Deployment;
  /** For a browser that is to find the page at its address. */
  readonly proxy: { readonly server: string; readonly bypass: string };
  close(): Promise<void>;
}

/**
 * A proxy, so that the page has the address that the template names, whatever port the shop of this test has. The
 * browser finds the sign-in page by itself.
 */
export async function openPageOnAws(): Promise<PageOnAws> {
  const shopUrl = inject('pageUrl');
  const endpointUrl = endpointUrlOf(shopUrl);
  const deployment = await Deployment.find({ stackName: DEFAULT_STACK_NAME, endpointUrl });
  const config = JSON.stringify(configWith(deployment, endpointUrl));
  const server = createServer((request, response) => {
    const { origin, pathname, search } = new URL(request.url ?? '', PAGE_URL);
    if (origin !== PAGE_URL) response.writeHead(502).end();
    else if (pathname === '/config.json') response.writeHead(200, { 'content-type': 'application/json' }).end(config);
    else void passOn(request, response, { to: isOfPool(pathname) ? endpointUrl : shopUrl, path: pathname + search });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    pageUrl: PAGE_URL,
    signInUrl: endpointUrl,
    deployment,
    proxy: {
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      bypass: new URL(endpointUrl).host,
    },
    close: async () => {
      deployment.close();
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** As it is published; on this machine the pages of a pool's domain are at the endpoint. */
function configWith(deployment: Deployment, signInUrl: string): object {
  const published = pageConfigOf(deployment);
  const { signIn } = published as { signIn: { customers: object } };
  return { ...published, signIn: { ...signIn, customers: { ...signIn.customers, signInUrl } } };
}

/** The distribution hands these on to the pool's domain (infra/constructs/web-page). */
function isOfPool(pathname: string): boolean {
  return pathname.startsWith('/oauth2/');
}
