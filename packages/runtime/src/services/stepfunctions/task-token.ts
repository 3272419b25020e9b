import { randomBytes } from 'node:crypto';

/** Which frame of which execution a task token belongs to. */
export interface TokenOwner {
  readonly executionId: number;
  readonly frameId: number;
}

const SECRET_BYTES = 24;
const FORM = /^sfn:(\d{1,15}):(\d{1,7}):[\w-]{32}$/;

/** A token leads back to its owner without a table of tokens; its random part makes it a secret. */
export function mintToken(owner: TokenOwner): string {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return Buffer.from(`sfn:${owner.executionId}:${owner.frameId}:${secret}`).toString('base64');
}

/** Undefined when the text is no token of ours. */
export function ownerOf(token: string): TokenOwner | undefined {
  const match = FORM.exec(Buffer.from(token, 'base64').toString('latin1'));
  return match ? { executionId: Number(match[1]), frameId: Number(match[2]) } : undefined;
}
