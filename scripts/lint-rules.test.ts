import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

/** Who may import whom: the rows of the map of folders that the linter holds. */
const REFUSED = [
  ['test/e2e/x.test.ts', '../../packages/runtime/src/store/journal.ts'],
  ['cli/x.ts', '../packages/payment-sandbox/src/index.ts'],
  ['bench/cost/x.ts', '../../packages/states-language/src/clock.ts'],
  ['functions/orders/x.ts', '@order-workflow/states-language'],
  ['functions/orders/x.ts', '../../infra/app.ts'],
  ['functions/orders/testing/x.ts', '../../../packages/payment-sandbox/src/index.ts'],
  ['events/x.ts', '../functions/orders/order-command.ts'],
  ['events/x.ts', '@order-workflow/runtime'],
  ['infra/x.ts', '@order-workflow/runtime'],
  ['infra/constructs/x.ts', '../../functions/orders/order-record.ts'],
  ['infra/x.ts', '../workflows/workflow-names.ts'],
  ['cli/orders/x.ts', '../../functions/orders/order-record.ts'],
  ['cli/x.ts', '../infra/config.ts'],
  ['web/x.tsx', '../functions/orders/order-view.ts'],
  ['web/x.ts', '../events/order-placed.ts'],
  ['web/x.ts', 'node:fs'],
  ['workflows/x.ts', '../functions/orders/order-errors.ts'],
  ['packages/runtime/src/services/sqs/x.ts', '../../../../states-language/src/clock.ts'],
  ['packages/runtime/src/services/sqs/x.test.ts', '../../../../../functions/platform/outbox.ts'],
  ['packages/runtime/src/x.ts', '../../../events/order-placed.ts'],
  ['packages/states-language/src/x.ts', '@order-workflow/runtime'],
  ['packages/states-language-coverage/src/x.ts', '@order-workflow/states-language'],
  ['packages/payment-sandbox/src/x.ts', '@order-workflow/states-language/clock'],
  ['packages/payment-sandbox/src/x.test.ts', '../../../functions/payments/gateway.ts'],
] as const;

const ALLOWED = [
  ['test/e2e/x.test.ts', '@order-workflow/runtime'],
  ['cli/x.ts', '@order-workflow/runtime'],
  ['cli/x.ts', '../events/order-placed.ts'],
  ['cli/x.ts', '../test/invariants/check-invariants.ts'],
  ['web/x.tsx', '../events/money.ts'],
  ['web/x.tsx', '../events/stock-shards.ts'],
  ['infra/x.ts', '../functions/shop-routes.ts'],
  ['infra/constructs/x.ts', '../../functions/platform/http/route.ts'],
  ['infra/constructs/x.ts', '../../events/order-placed.ts'],
  ['functions/orders/x.ts', '../../events/order-placed.ts'],
  ['functions/payments/testing/x.ts', '@order-workflow/payment-sandbox'],
  ['packages/runtime/src/services/sqs/x.ts', '@order-workflow/states-language/clock'],
  ['packages/runtime/src/services/sqs/x.ts', '../../runtime/start-error.ts'],
  ['packages/states-language-coverage/src/x.test.ts', '@order-workflow/states-language/testing'],
] as const;

const workspace = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'lint-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder imports what the map of folders lets it, and nothing else', () => {
  copyFileSync(join(workspace, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  const cases = [...REFUSED, ...ALLOWED].map(([file, specifier], index) => {
    const path = join(dirname(file), `${index}-${file.split('/').at(-1)}`);
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), `import it from '${specifier}';\nexport { it };\n`);
    return { path, what: `${file} imports ${specifier}` };
  });
  const refused = filesWith('eslint(no-restricted-imports)');
  expect(cases.filter(({ path }) => refused.has(path)).map(({ what }) => what)).toEqual(
    REFUSED.map(([file, specifier]) => `${file} imports ${specifier}`),
  );
});

/** Files, from the folder's root, in which the linter found that rule broken. */
function filesWith(rule: string): ReadonlySet<string> {
  const linter = join(workspace, 'node_modules/oxlint/bin/oxlint');
  const { stdout } = spawnSync(process.execPath, [linter, '--format', 'json'], { cwd: folder, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
  return new Set(
    diagnostics.filter(({ code }) => code === rule).map(({ filename }) => relative(folder, join(folder, filename))),
  );
}
