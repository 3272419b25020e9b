import { connect } from 'node:net';

/** Sends the beginning of a request and no more. @returns what came back by the time the other side hung up. */
export async function answerToUnfinished(url: string, beginning: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  // A reset is a way to hang up, too: the answer says which it was.
  socket.on('error', (error) => (answer += error.message));
  socket.write(beginning);
  // Not `once`, which a reset would reject.
  await new Promise((closed) => socket.on('close', closed));
  return answer;
}

/** Beginnings of requests that come to no end. */
export const UNFINISHED = [
  ['headers', 'POST / HTTP/1.1\r\nHost: localhost\r\nX-More: '],
  ['a body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nab'],
  ['a body in chunks', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n'],
] as const;
