import { errorNameOf } from '../platform/errors.ts';
import { logger } from '../platform/logger.ts';
import { deployedCustomers } from './deployed-customers.ts';

const { erasure, records } = deployedCustomers();

/**
 * Goes on with erasures that were begun and not finished: whoever asked may have no account any more to ask again with.
 * @throws the first error, after all were tried.
 */
export async function handler(): Promise<{ readonly resumed: number }> {
  const open = await records.open();
  const failures: unknown[] = [];
  for (const record of open) {
    try {
      await erasure.resume(record);
    } catch (error) {
      logger.error('An erasure could not be finished', { customer: record.customerId, errorName: errorNameOf(error) });
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return { resumed: open.length };
}
