import type { DemoUser } from '@order-workflow/runtime';

const PASSWORD = 'Bench-of-customers-1';

/** As many customers as asked; their subjects are UUIDs, as those of a deployed user pool. */
export function customers(count: number): (DemoUser & { readonly password: string })[] {
  return Array.from({ length: count }, (_, index) => ({
    username: `customer-${index}`,
    sub: `c0000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    groups: [],
    password: PASSWORD,
  }));
}
