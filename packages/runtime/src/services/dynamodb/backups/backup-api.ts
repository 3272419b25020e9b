import type { AwsJsonApi } from '../../../endpoint/aws-api.ts';
import { jsonApi } from '../../shared/json-api.ts';
import type { ContinuousBackups } from './continuous-backups.ts';
import type { SystemBackups } from './system-backups.ts';

/** The part of DynamoDB's API that its server does not answer. */
export function backupApi(continuous: ContinuousBackups, system: SystemBackups): AwsJsonApi {
  return jsonApi({
    targetPrefix: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
    operations: {
      DescribeContinuousBackups: (input) => continuous.describe(input),
      UpdateContinuousBackups: (input) => continuous.update(input),
      RestoreTableToPointInTime: (input) => continuous.restore(input),
      ListBackups: (input) => system.list(input),
      DescribeBackup: (input) => system.describe(input),
      RestoreTableFromBackup: (input) => system.restore(input),
    },
  });
}
