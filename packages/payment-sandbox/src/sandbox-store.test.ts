import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { PaymentLedger } from './payment-ledger.ts';
import { SandboxStore } from './sandbox-store.ts';

test('the ledger of an earlier version, which did not name refunds, is read and goes on', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'sandbox.sqlite');
  const earlier = new DatabaseSync(file);
  earlier.exec(`
    CREATE TABLE ledger (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, op TEXT NOT NULL, ok INTEGER NOT NULL, amountMinor INTEGER NOT NULL,
      currency TEXT NOT NULL, orderId TEXT NOT NULL, intent TEXT NOT NULL, key TEXT, at INTEGER NOT NULL
    );
    INSERT INTO ledger (op, ok, amountMinor, currency, orderId, intent, key, at)
    VALUES ('CAPTURE', 1, 4200, 'eur', 'order-1', 'pi_1', 'order-1:confirm:1', 1000);
  `);
  earlier.close();

  const store = new SandboxStore(file);
  onTestFinished(() => store.close());
  const ledger = new PaymentLedger(store, () => 2_000);
  const [capture] = ledger.rows({});
  expect(capture).toMatchObject({ op: 'CAPTURE', refund: null });
  store.write(() => ledger.append({ ...capture!, op: 'REFUND', key: 'order-1:refund:1', refund: 're_1' }));
  expect(ledger.rows({}).map(({ refund }) => refund)).toEqual([null, 're_1']);
});
