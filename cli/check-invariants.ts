// npm run check-invariants: looks at a running system and says which of its invariants do not hold.
import { parseArgs } from 'node:util';
import { underWay, type Verdict } from '../test/invariants/check-invariants.ts';
import type { Snapshot } from '../test/invariants/snapshot.ts';
import { formatVerdict } from '../test/invariants/format-verdict.ts';
import { addressFlags, addressOf, sandboxUrlOf } from './address-flags.ts';
import { checkBooks } from './check-books.ts';
import { colors } from './colors.ts';
import { Deployment } from './deployment.ts';
import { runCommand } from './user-error.ts';

const USAGE = `Check that stock, money, orders, events and executions of a running system agree. It changes nothing.

  npm run check-invariants -- [options]

  --no-archive         do not read the event archive. Reading it replays the archive to a rule and a queue made for
                       this, which are removed again. On AWS events reach the archive up to ten minutes late.
  --sandbox-url URL    control plane of the payment sandbox (default: two ports above a local endpoint)
  --endpoint-url URL   address of the system (default AWS_ENDPOINT_URL, else http://localhost:4566)
  --aws                use AWS, with the profile and region of your environment; the provider's books are not read
  --stack NAME         name of the stack (default order-workflow-dev)
  --json               print violations as JSON
  --help

While orders are under way, only the rules that hold at every moment are checked. They are checked twice, and a
violation counts if both checks find it.
Exit code: 0 all rules hold, 1 the system cannot be read, 2 violations.
`;

await runCommand(async () => {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      ...addressFlags,
      archive: { type: 'boolean', default: true },
      'sandbox-url': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const address = addressOf(values);
  const deployment = await Deployment.find(address);
  try {
    const sandboxUrl = values['sandbox-url'] ?? sandboxUrlOf(address);
    const options = { readsArchive: values.archive, ...(sandboxUrl !== undefined && { sandboxUrl }) };
    const { snapshot, verdict } = await checkBooks(deployment, options);
    if (values.json) console.log(JSON.stringify(verdict.violations, undefined, 2));
    else print(snapshot, verdict);
    if (verdict.violations.length > 0) process.exitCode = 2;
  } finally {
    deployment.close();
  }
});

function print(snapshot: Snapshot, verdict: Verdict): void {
  const { orders, parked, deadLetters, archive, ledger } = snapshot;
  const open = parked.filter((row) => row.parkedState === 'OPEN');
  const counts = [
    `${orders.length} orders`,
    `${open.length} parked`,
    `${deadLetters.length} dead letters`,
    archive ? `${archive.events.length} archived events` : 'archive unread',
    ledger ? `${ledger.length} movements of money` : 'provider’s books unread',
  ];
  console.log(counts.join(', '));
  const moving = underWay(snapshot);
  if (moving.length > 0) console.log(colors.yellow(`under way: ${moving.join(', ')}`));
  for (const line of formatVerdict(verdict)) console.log(line);
}
