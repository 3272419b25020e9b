import type { ResourceDeclaration } from '../../../assembly/resource-type.ts';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import type { ChangeHistory } from './change-history.ts';

/** A global table's recovery is set for each of its replicas, of which the runtime runs the first. */
export function keepRestorable(history: ChangeHistory, { properties }: ResourceDeclaration, table: string): void {
  const [replica] = (properties['Replicas'] as readonly JsonObject[] | undefined) ?? [];
  const setting = (properties['PointInTimeRecoverySpecification'] ?? replica?.['PointInTimeRecoverySpecification']) as
    | JsonObject
    | undefined;
  if (String(setting?.['PointInTimeRecoveryEnabled']) === 'true')
    history.enable(table, Number(setting?.['RecoveryPeriodInDays'] ?? 35));
  else history.disable(table);
}
