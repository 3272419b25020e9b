import { Alarm, ComparisonOperator, type IAlarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { deadLetterAlarms } from './dead-letter-alarms.ts';
import { edgeAlarms } from './edge-alarms.ts';
import { flowAlarms } from './flow-alarms.ts';
import type { ObservedParts } from './observed-parts.ts';
import { orderAlarms } from './order-alarms.ts';
import { refusalAlarms } from './refusal-alarms.ts';
import type { ShopAlarm } from './shop-alarm.ts';

const ONE_PERIOD = { above: 1, of: 1 };

/** Every alarm of the shop, and whom it tells that it rings, and that it is over. */
export class ShopAlarms extends Construct {
  readonly alarms: readonly IAlarm[];
  /** Those that take a deployment back. */
  readonly ofDeployments: readonly IAlarm[];

  constructor(scope: Construct, id: string, parts: ObservedParts, topic: ITopic | undefined) {
    super(scope, id);
    const kinds = [deadLetterAlarms, flowAlarms, orderAlarms, refusalAlarms, edgeAlarms];
    const all = kinds.flatMap((alarmsOf) => alarmsOf(parts));
    const rung = all.map((alarm) => ({ ...alarm, alarm: this.ring(alarm, topic) }));
    this.alarms = rung.map(({ alarm }) => alarm);
    this.ofDeployments = rung.filter(({ takesDeploymentBack }) => takesDeploymentBack).map(({ alarm }) => alarm);
  }

  private ring(
    { name, meaning, firstStep, metric, above, periods = ONE_PERIOD, silence }: ShopAlarm,
    topic: ITopic | undefined,
  ): Alarm {
    const alarm = new Alarm(this, name, {
      alarmDescription: `${meaning} ${firstStep}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods.of,
      datapointsToAlarm: periods.above,
      treatMissingData: silence === 'rings' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    if (topic !== undefined) {
      const tell = new SnsAction(topic);
      alarm.addAlarmAction(tell);
      alarm.addOkAction(tell);
    }
    return alarm;
  }
}
