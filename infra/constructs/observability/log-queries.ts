import { Aws, Stack } from 'aws-cdk-lib';
import { type ILogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ShopFunction } from '../shop-function.ts';

/** Queries for CloudWatch Logs Insights over the logs of all functions, saved under the stack's name. */
export class LogQueries extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.save(
      'Journey of an order',
      new QueryString({
        fields: ['@timestamp', 'service', 'level', 'message', 'error.name', 'function_request_id'],
        filterStatements: ['orderId = "<order id>" or correlationId = "<correlation id>"'],
        sort: '@timestamp asc',
        limit: 1000,
      }),
    );
    this.save(
      'Errors by kind',
      new QueryString({
        filterStatements: ['level in ["ERROR", "CRITICAL"]'],
        statsStatements: ['count(*) as times, latest(orderId) as latestOrder by service, error.name, message'],
        sort: 'times desc',
      }),
    );
    this.save(
      'Log volume by function',
      new QueryString({
        statsStatements: ['sum(strlen(@message)) as bytes, count(*) as lines by @log'],
        sort: 'bytes desc',
      }),
    );
  }

  private save(name: string, queryString: QueryString): void {
    new QueryDefinition(this, name.replaceAll(' ', ''), {
      queryDefinitionName: `${Aws.STACK_NAME}/${name}`,
      queryString,
      logGroups: logGroupsOfFunctions(this),
    });
  }
}

function logGroupsOfFunctions(scope: Construct): ILogGroup[] {
  return Stack.of(scope)
    .node.findAll()
    .filter((construct) => construct instanceof ShopFunction)
    .map(({ logGroup }) => logGroup);
}
