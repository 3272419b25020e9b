import { AFTERMATH_MUTANTS } from './mutants/aftermath-mutants.ts';
import { CONTENTION_MUTANTS } from './mutants/contention-mutants.ts';
import { INVENTORY_MUTANTS } from './mutants/inventory-mutants.ts';
import { ORDERS_MUTANTS } from './mutants/orders-mutants.ts';
import { OUTBOX_MUTANTS } from './mutants/outbox-mutants.ts';
import { PARKING_MUTANTS } from './mutants/parking-mutants.ts';
import { PAYMENTS_MUTANTS } from './mutants/payments-mutants.ts';
import { PROVIDER_MUTANTS } from './mutants/provider-mutants.ts';
import { RETURNS_MUTANTS } from './mutants/returns-mutants.ts';
import { WORKFLOWS_MUTANTS } from './mutants/workflows-mutants.ts';
import type { Mutant } from './mutants/mutant.ts';

/** Bugs that somebody could make. Each must break a rule in some run; one that breaks none shows a missing rule. */
export const MUTANTS: readonly Mutant[] = [
  ...INVENTORY_MUTANTS,
  ...CONTENTION_MUTANTS,
  ...ORDERS_MUTANTS,
  ...PARKING_MUTANTS,
  ...PAYMENTS_MUTANTS,
  ...PROVIDER_MUTANTS,
  ...AFTERMATH_MUTANTS,
  ...RETURNS_MUTANTS,
  ...OUTBOX_MUTANTS,
  ...WORKFLOWS_MUTANTS,
];
