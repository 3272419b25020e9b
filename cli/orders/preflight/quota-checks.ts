import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { paginateListServiceQuotas, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { must, ok, raise, refused, type Finding } from './finding.ts';

/** Five queues and streams poll with two to five functions each; an API beside them wants as many again. */
const LEAST_CONCURRENCY = 50;
/** Of an old account. Checkouts of one busy minute need some hundred. */
const USUAL_CONCURRENCY = 1000;

export async function checkConcurrency(lambda: LambdaClient): Promise<Finding> {
  const subject = 'Lambda concurrency';
  // The quota "Concurrent executions" (Service Quotas, AWS Lambda).
  const mend =
    'aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 ' +
    `--desired-value ${USUAL_CONCURRENCY}`;
  try {
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
    const all = AccountLimit?.ConcurrentExecutions ?? 0;
    const free = AccountLimit?.UnreservedConcurrentExecutions ?? all;
    const told = `${free} of ${all} for functions without a reservation`;
    if (free < LEAST_CONCURRENCY) return must(subject, told, mend);
    return free < USUAL_CONCURRENCY ? raise(subject, told, mend) : ok(subject, told);
  } catch (error) {
    return refused(subject, error, 'lambda:GetAccountSettings');
  }
}

/** A rate that the shop lives on, and how it is found among the quotas of its service: names are all they have. */
interface Rate {
  readonly subject: string;
  readonly serviceCode: string;
  /** Each occurs in the quota's name. */
  readonly words: readonly string[];
  /** Below it a shop of ten orders a second waits. */
  readonly leastPerSecond: number;
}

const RATES: readonly Rate[] = [
  {
    subject: 'Step Functions starts',
    serviceCode: 'states',
    words: ['startexecution', 'refill'],
    leastPerSecond: 150,
  },
  {
    subject: 'Step Functions transitions',
    serviceCode: 'states',
    words: ['statetransition', 'refill'],
    leastPerSecond: 500,
  },
  { subject: 'Cognito sign-ins', serviceCode: 'cognito-idp', words: ['userauthentication'], leastPerSecond: 50 },
  { subject: 'Cognito look-ups', serviceCode: 'cognito-idp', words: ['userread'], leastPerSecond: 50 },
];

export async function checkRates(serviceQuotas: ServiceQuotasClient): Promise<Finding[]> {
  const byService = new Map<string, Promise<Quota[]>>();
  const findings: Finding[] = [];
  for (const rate of RATES) {
    const known = byService.get(rate.serviceCode) ?? quotasOf(serviceQuotas, rate.serviceCode);
    byService.set(rate.serviceCode, known);
    findings.push(
      await known.then(
        (quotas) => judgeRate(rate, quotas),
        (error: unknown) => refused(rate.subject, error, 'servicequotas:ListServiceQuotas'),
      ),
    );
  }
  return findings;
}

interface Quota {
  readonly name: string;
  readonly code: string;
  readonly value: number;
}

/** All quotas of a service, as they are for this account. */
export async function quotasOf(client: ServiceQuotasClient, ServiceCode: string): Promise<Quota[]> {
  const quotas: Quota[] = [];
  for await (const { Quotas = [] } of paginateListServiceQuotas({ client }, { ServiceCode })) {
    for (const { QuotaName: name = '', QuotaCode: code = '', Value: value = 0 } of Quotas)
      quotas.push({ name, code, value });
  }
  return quotas;
}

function judgeRate({ subject, serviceCode, words, leastPerSecond }: Rate, quotas: readonly Quota[]): Finding {
  const quota = quotas.find(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  if (quota === undefined) {
    return raise(subject, 'Service Quotas does not tell', `look in the console: Service Quotas, ${serviceCode}`);
  }
  const told = `${quota.value} a second (${quota.name})`;
  if (quota.value >= leastPerSecond) return ok(subject, told);
  return raise(
    subject,
    told,
    `aws service-quotas request-service-quota-increase --service-code ${serviceCode} ` +
      `--quota-code ${quota.code} --desired-value ${leastPerSecond}`,
  );
}
