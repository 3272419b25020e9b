import * as z from 'zod';
import { LedgerRow } from './snapshot-rows.ts';
import type { SoundRows } from './sound-rows.ts';

const Page = z.object({ rows: z.array(z.looseObject({ seq: z.int() })) });

/** Reads the payment sandbox's own books. */
export async function readLedger(sandboxUrl: string, sound: SoundRows): Promise<LedgerRow[]> {
  const rows: z.infer<typeof Page>['rows'] = [];
  for (;;) {
    const response = await fetch(`${sandboxUrl}/_sandbox/ledger?afterSeq=${rows.at(-1)?.seq ?? 0}`);
    const page = Page.parse(await response.json());
    if (page.rows.length === 0) return sound.of('Ledger', LedgerRow, rows);
    rows.push(...page.rows);
  }
}
