import * as z from 'zod';
import { LedgerRow } from './snapshot-rows.ts';

const Page = z.object({ rows: z.array(LedgerRow) });

/** Reads the payment sandbox's own books. */
export async function readLedger(sandboxUrl: string): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for (;;) {
    const response = await fetch(`${sandboxUrl}/_sandbox/ledger?afterSeq=${rows.at(-1)?.seq ?? 0}`);
    const page = Page.parse(await response.json());
    if (page.rows.length === 0) return rows;
    rows.push(...page.rows);
  }
}
