import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { answerProblem } from './answer.ts';
import { SECURITY_HEADERS } from '../../web/security-headers.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

export function mediaTypeOf(name: string): string {
  return MEDIA_TYPES[path.extname(name)] ?? 'application/octet-stream';
}

/** A file directly in the folder: the build writes no other. */
const FILE_NAME = /^\/([\w-]+\.\w+)$/;

/** The built files of the page, as they lie in their folder at the moment of the request. */
export class PageFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async answer(request: IncomingMessage, response: ServerResponse, pathname: string): Promise<void> {
    const name = pathname === '/' ? 'index.html' : FILE_NAME.exec(pathname)?.[1];
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answerProblem(response, 405, 'METHOD_NOT_ALLOWED', 'Files can only be read.');
    }
    const content = name === undefined ? undefined : await this.#read(name);
    if (name === undefined || content === undefined) {
      return answerProblem(response, 404, 'FILE_NOT_FOUND', `There is no file ${pathname}. Open / instead.`);
    }
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
    const headers = {
      ...SECURITY_HEADERS,
      'content-type': mediaTypeOf(name),
      // Asked for again each time: what is there may be a newer build.
      'cache-control': 'no-cache',
      etag,
    };
    if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
    else response.writeHead(200, { ...headers, 'content-length': content.length }).end(content);
  }

  /** Undefined when there is no such file. */
  async #read(name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(path.join(this.#folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
