import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { EdgeStack } from '../../infra/edge/edge-stack.ts';
import { buildWeb } from '../../scripts/build-web.ts';
import type { PriceList } from './price-list.ts';

/** What stands before page and API, in dollars. How many requests an order makes depends on who looks around. */
export interface EdgeCost {
  readonly rules: number;
  /** The web ACL with its rules. */
  readonly month: number;
  readonly millionRequests: number;
  /** A million browsers that load the page for the first time, and call nothing. */
  readonly millionFirstVisits: number;
  readonly visit: { readonly requests: number; readonly bytes: number };
}

const MILLION = 1_000_000;

export async function edgeCost({ edge }: PriceList): Promise<EdgeCost> {
  const rules = webAclRules();
  const visit = await firstVisit();
  const request = edge.inspectedRequests.usd / edge.inspectedRequests.per + edge.requests.usd / edge.requests.per;
  return {
    rules,
    month: edge.webAcl.usdPerMonth + rules * edge.rule.usdPerMonth,
    millionRequests: MILLION * request,
    millionFirstVisits: MILLION * (visit.requests * request + (visit.bytes * edge.bytesOut.usd) / edge.bytesOut.per),
    visit,
  };
}

const WebAcl = z.object({
  Type: z.literal('AWS::WAFv2::WebACL'),
  Properties: z.object({ Rules: z.array(z.unknown()) }),
});

/** Those of the stack as it is deployed without a domain; AWS's own lists are a rule each. */
function webAclRules(): number {
  const outdir = mkdtempSync(path.join(tmpdir(), 'edge-'));
  try {
    const app = new App({ outdir });
    const stack = new EdgeStack(app, 'Edge', { pageDomain: undefined, hostedZoneId: undefined, alarmEmail: undefined });
    const { template } = app.synth().getStackArtifact(stack.artifactId) as { template: { Resources: object } };
    const acls = Object.values(template.Resources).flatMap((resource) => WebAcl.safeParse(resource).data ?? []);
    return acls.reduce((sum, { Properties }) => sum + Properties.Rules.length, 0);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Compressed, as the distribution hands them out. Browsers load no source map, and `config.json` beside the files. */
async function firstVisit(): Promise<EdgeCost['visit']> {
  const folder = mkdtempSync(path.join(tmpdir(), 'page-'));
  try {
    await buildWeb('web', folder);
    const files = readdirSync(folder).filter((name) => !name.endsWith('.map') && !name.startsWith('returned'));
    const sizes = files.map((name) => gzipSync(readFileSync(path.join(folder, name))).length);
    return { requests: files.length + 1, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
