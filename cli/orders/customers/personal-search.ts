import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { CognitoIdentityProviderClient, paginateListUsers } from '@aws-sdk/client-cognito-identity-provider';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Deployment } from '../../deployment.ts';

/** Where one of the texts was found. Never the text around it. */
export interface Finding {
  readonly text: string;
  readonly place: string;
}

/** Looks for texts in every table, in the user pool, and in captured mails where the system captures them. */
export async function searchDeployment(deployment: Deployment, texts: readonly string[]): Promise<Finding[]> {
  const found: Finding[] = [];
  const look = (place: string, content: unknown): void => {
    const haystack = JSON.stringify(content).toLowerCase();
    for (const text of texts) if (haystack.includes(inJson(text))) found.push({ text, place });
  };
  for (const [output, TableName] of tablesOf(deployment)) {
    for await (const { Items = [] } of paginateScan({ client: deployment.dynamoDb }, { TableName })) {
      for (const row of Items) look(`${output}: ${nameOf(row)}`, row);
    }
  }
  await lookAtUsers(deployment, look);
  for (const { messageId, ...mail } of await capturedMails(deployment)) look(`captured mail: ${messageId}`, mail);
  return found;
}

/** Looks for the bytes of texts in every file of a folder: what was deleted, and was not written over yet, as well. */
export function searchFolder(folder: string, texts: readonly string[]): Finding[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile(),
  );
  return files.flatMap((name) =>
    texts.filter((text) => isInFile(path.join(folder, name), text)).map((text) => ({ text, place: `file: ${name}` })),
  );
}

const CHUNK_BYTES = 1 << 20;

/** Chunk by chunk, since a database may be larger than memory; they overlap by the text's length. */
function isInFile(file: string, text: string): boolean {
  const wanted = [text, Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -2)]
    .filter((form) => form.length >= 4)
    .map((form) => Buffer.from(form));
  const overlap = Math.max(0, ...wanted.map(({ length }) => length));
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES + overlap);
    for (let at = 0; ; at += CHUNK_BYTES) {
      const length = readSync(descriptor, chunk, 0, chunk.length, at);
      if (wanted.some((form) => chunk.subarray(0, length).includes(form))) return true;
      if (length < chunk.length) return false;
    }
  } finally {
    closeSync(descriptor);
  }
}

function tablesOf(deployment: Deployment): [string, string][] {
  return [...deployment.outputs()]
    .filter(([output]) => output.endsWith('TableName'))
    .map(([output, name]) => [output.replace(/TableName$/, ''), name]);
}

const KEYS = ['orderId', 'item', 'sku', 'change', 'customerId', 'eventId', 'providerEventId', 'id'];

function nameOf(row: Readonly<Record<string, unknown>>): string {
  const keys = KEYS.map((key) => row[key]).filter((value) => value !== undefined);
  return keys.map(String).join(' ');
}

async function lookAtUsers(deployment: Deployment, look: (place: string, content: unknown) => void): Promise<void> {
  const client = new CognitoIdentityProviderClient(deployment.clientConfig);
  try {
    const pool = { UserPoolId: deployment.output('UserPoolId') };
    for await (const { Users = [] } of paginateListUsers({ client }, pool)) {
      for (const user of Users) look(`user pool: ${user.Attributes?.find(({ Name }) => Name === 'sub')?.Value}`, user);
    }
  } finally {
    client.destroy();
  }
}

/** None where mails are sent and not captured. */
async function capturedMails({ address }: Deployment): Promise<{ readonly messageId: string }[]> {
  if (address.endpointUrl === undefined) return [];
  const response = await fetch(`${address.endpointUrl}/_runtime/mails`);
  if (!response.ok) return [];
  return ((await response.json()) as { mails: { messageId: string }[] }).mails;
}

/** As JSON writes it, without the quotes. */
function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1).toLowerCase();
}
