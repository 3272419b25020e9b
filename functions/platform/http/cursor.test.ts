import { expect, test, vi } from 'vitest';
import { Cursors } from './cursor.ts';

const secret = () => Promise.resolve('one-secret-of-at-least-32-characters');
const cursors = new Cursors(secret);
const position = { sku: 'CUP-WHITE', listedCategory: 'teaware' };
const refused = { name: 'ProblemError', code: 'CURSOR_INVALID' };

test('a cursor leads back to its position and shows nothing of it', async () => {
  const cursor = await cursors.seal(position, 'products:*');
  expect(await cursors.open(cursor, 'products:*')).toEqual(position);
  expect(Buffer.from(cursor, 'base64url').toString()).not.toContain('CUP');
  expect(await new Cursors(secret).open(cursor, 'products:*')).toEqual(position);
});

test('a cursor of another listing, another owner or another secret does not open', async () => {
  const cursor = await cursors.seal(position, 'orders:alice');
  await expect(cursors.open(cursor, 'orders:bob')).rejects.toMatchObject(refused);
  await expect(cursors.open(cursor, 'products:*')).rejects.toMatchObject(refused);
  const others = new Cursors(() => Promise.resolve('another-secret-of-at-least-32-characters'));
  await expect(others.open(cursor, 'orders:alice')).rejects.toMatchObject(refused);
});

test('a cursor in which any one character was changed does not open', async () => {
  const cursor = await cursors.seal(position, 'products:*');
  for (let at = 0; at < cursor.length; at += 1) {
    const changed = `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`;
    await expect(cursors.open(changed, 'products:*')).rejects.toMatchObject(refused);
  }
});

test.each(['x', '', 'a b', `${'A'.repeat(60)}=`, 'é', 'A'.repeat(10_000)])('"%s" is no cursor', async (text) => {
  await expect(cursors.open(text, 'products:*')).rejects.toMatchObject(refused);
});

test('the secret is fetched once, and again after it could not be had', async () => {
  const flaky = vi.fn<() => Promise<string>>(secret).mockRejectedValueOnce(new Error('throttled'));
  const own = new Cursors(flaky);
  await expect(own.seal(position, 'a')).rejects.toThrow('throttled');
  await own.open(await own.seal(position, 'a'), 'a');
  expect(flaky).toHaveBeenCalledTimes(2);
});
