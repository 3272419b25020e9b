import type { DemoUser } from '@order-workflow/runtime';

/**
 * Who may sign in to the shop on this machine. Their passwords are no secrets: they open nothing anywhere else. A
 * deployed user pool gives out UUIDs as subjects; here they are names, so that an order says whose it is.
 */
export const DEMO_USERS = [
  {
    username: 'alice',
    sub: 'alice',
    groups: [],
    password: 'Alice-in-wonderland-1',
    email: 'alice@example.com',
  },
  { username: 'bob', sub: 'bob', groups: [], password: 'Bob-the-builder-1', email: 'bob@example.com' },
  { username: 'admin', sub: 'admin', groups: ['admin'], password: 'Admin-of-the-shop-1', email: 'admin@example.com' },
] as const satisfies readonly DemoUser[];

/** Customers of the samples in a shop that somebody uses: alice and bob keep their baskets and their orders. */
export const SAMPLE_USERS = [
  {
    username: 'sample-alice',
    sub: 'sample-alice',
    groups: [],
    password: 'Sample-alice-only-1',
    email: 'sample-alice@example.com',
  },
  {
    username: 'sample-bob',
    sub: 'sample-bob',
    groups: [],
    password: 'Sample-bob-only-1',
    email: 'sample-bob@example.com',
  },
] as const satisfies readonly DemoUser[];

export type DemoUsername = (typeof DEMO_USERS | typeof SAMPLE_USERS)[number]['username'];

/** The password that the system on this machine knows; undefined for anybody else. */
export function demoPasswordOf(username: DemoUsername): string;
export function demoPasswordOf(username: string): string | undefined;
export function demoPasswordOf(username: string): string | undefined {
  return [...DEMO_USERS, ...SAMPLE_USERS].find((user) => user.username === username)?.password;
}
