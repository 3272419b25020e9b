import { GetAccountCommand, GetEmailIdentityCommand, type SESv2Client } from '@aws-sdk/client-sesv2';
import { must, ok, raise, refused, type Environment, type Finding } from './finding.ts';

/** Three mails an order; below it a thousand orders a day wait. */
const LEAST_MAILS_A_DAY = 3000;

/** The account at SES: out of its sandbox, allowed to send, and how much. */
export async function checkMailAccount(ses: SESv2Client, environment: Environment): Promise<Finding[]> {
  try {
    const account = await ses.send(new GetAccountCommand({}));
    return [sandboxOf(account.ProductionAccessEnabled === true, environment), statusOf(account), dailyOf(account)];
  } catch (error) {
    return [refused('SES account', error, 'ses:GetAccount')];
  }
}

function sandboxOf(isOut: boolean, environment: Environment): Finding {
  if (isOut) return ok('SES sandbox', 'left');
  const told = 'the account is in it: mails reach verified addresses only';
  const mend =
    'aws sesv2 put-account-details --production-access-enabled --mail-type TRANSACTIONAL ' +
    '--website-url https://YOUR-SHOP --contact-language EN';
  return environment === 'prod' ? must('SES sandbox', told, mend) : raise('SES sandbox', told, mend);
}

function statusOf({ SendingEnabled, EnforcementStatus = 'HEALTHY' }: MailAccount): Finding {
  const subject = 'SES sending';
  if (SendingEnabled === false || EnforcementStatus === 'SHUTDOWN') {
    return must(subject, `paused (${EnforcementStatus})`, 'answer the case that AWS opened in the Support Center');
  }
  if (EnforcementStatus === 'PROBATION') {
    return raise(subject, 'under review', 'answer the case that AWS opened in the Support Center');
  }
  return ok(subject, EnforcementStatus.toLowerCase());
}

interface MailAccount {
  readonly SendingEnabled?: boolean | undefined;
  readonly EnforcementStatus?: string | undefined;
  readonly SendQuota?:
    | { readonly Max24HourSend?: number | undefined; readonly MaxSendRate?: number | undefined }
    | undefined;
}

function dailyOf({ SendQuota }: MailAccount): Finding {
  const { Max24HourSend: daily = 0, MaxSendRate: rate = 0 } = SendQuota ?? {};
  const told = `${daily} mails a day, ${rate} a second`;
  // SES tells -1 for an account without a limit.
  if (daily === -1 || daily >= LEAST_MAILS_A_DAY) return ok('SES quota', told);
  return raise('SES quota', told, 'raise "Sending quota" in the console: Service Quotas, Amazon SES');
}

/** The domain that mails come from. */
export async function checkMailDomain(ses: SESv2Client, domain: string, environment: Environment): Promise<Finding> {
  const subject = `SES identity ${domain}`;
  const judge = environment === 'prod' ? must : raise;
  try {
    const identity = await ses.send(new GetEmailIdentityCommand({ EmailIdentity: domain }));
    if (identity.VerifiedForSendingStatus === true) return ok(subject, 'verified');
    const records = (identity.DkimAttributes?.Tokens ?? []).map(
      (token) => `${token}._domainkey.${domain} CNAME ${token}.dkim.amazonses.com`,
    );
    return judge(subject, 'not verified yet', `enter at your DNS provider: ${records.join('; ')}`);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'NotFoundException')
      return refused(subject, error, 'ses:GetEmailIdentity');
    return judge(subject, 'not there', `npm run deploy:foundation -- -c mailDomain=${domain}`);
  }
}
