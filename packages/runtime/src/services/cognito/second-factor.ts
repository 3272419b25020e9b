import { AwsError } from '../shared/aws-error.ts';
import type { CognitoService, PoolMember } from './cognito-service.ts';
import type { SignIn } from './sign-in.ts';
import { matchingStep, newSecret } from './software-token.ts';

/** A secret to put into an app, and where the next step of setting it up is made. */
export interface OfferedToken {
  readonly secret: string;
  readonly session: string;
}

/**
 * A second factor that is an app with a secret: set up within a sign-in or by somebody who is signed in, and asked for at
 * the next ones (API reference, AssociateSoftwareToken, VerifySoftwareToken, RespondToAuthChallenge).
 */
export class SecondFactor {
  readonly #service: CognitoService;
  readonly #signIn: SignIn;

  constructor(service: CognitoService, signIn: SignIn) {
    this.#service = service;
    this.#signIn = signIn;
  }

  /** @throws AwsError NotAuthorizedException. */
  offerIn(session: string): OfferedToken {
    const { challenges } = this.#signIn;
    const challenge = challenges.find(session, 'MFA_SETUP');
    const secret = newSecret();
    challenges.close(session);
    return { secret, session: challenges.open({ ...challenge, secret, isVerified: false }) };
  }

  /** @returns the secret. @throws AwsError SoftwareTokenMFANotFoundException where the pool has no second factor. */
  async offerTo({ pool, user }: PoolMember): Promise<string> {
    if (pool.rules.mfa === 'OFF') {
      throw new AwsError('SoftwareTokenMFANotFoundException', 'Software token MFA is not enabled for the userPool');
    }
    const offeredSecret = newSecret();
    await this.#service.save(pool, { ...user, offeredSecret });
    return offeredSecret;
  }

  /** @returns the session that goes on with the sign-in. @throws AwsError EnableSoftwareTokenMFAException. */
  async verifyIn(session: string, code: string): Promise<string> {
    const { challenges } = this.#signIn;
    const challenge = challenges.find(session, 'MFA_SETUP');
    const pool = this.#service.poolOfClient(challenge.clientId);
    await this.#setUp({ pool, user: this.#service.user(pool, challenge.username) }, challenge.secret, code);
    challenges.close(session);
    return challenges.open({ ...challenge, isVerified: true });
  }

  /** @throws AwsError EnableSoftwareTokenMFAException. */
  verifyOf(member: PoolMember, code: string): Promise<void> {
    return this.#setUp(member, member.user.offeredSecret, code);
  }

  /** The secret that the session is to set up; undefined when it is about something else. */
  secretOffered(session: string): string | undefined {
    return this.#signIn.challenges.peek(session)?.secret;
  }

  /** The sign-in in which it was set up goes on. @throws AwsError NotAuthorizedException. */
  memberAfterSetup(clientId: string, session: string): PoolMember {
    const { challenge, ...member } = this.#signIn.memberIn(clientId, session, 'MFA_SETUP');
    if (challenge.isVerified !== true) {
      throw new AwsError('NotAuthorizedException', 'User has not set up software token mfa');
    }
    this.#signIn.challenges.close(session);
    return member;
  }

  /** @throws AwsError CodeMismatchException, ExpiredCodeException for one that was given before. */
  async memberWithCode(clientId: string, session: string, code: string): Promise<PoolMember> {
    const { pool, user } = this.#signIn.memberIn(clientId, session, 'SOFTWARE_TOKEN_MFA');
    const { softwareToken: token } = user;
    const step = token && matchingStep(token.secret, code, this.#service.clock.nowMs());
    if (!token || step === undefined) {
      this.#signIn.challenges.countWrongCode(session);
      throw new AwsError('CodeMismatchException', 'Invalid code received for user');
    }
    if (step <= token.lastStep) {
      throw new AwsError('ExpiredCodeException', 'Your software token has already been used once.');
    }
    const saved = await this.#service.save(pool, { ...user, softwareToken: { ...token, lastStep: step } });
    this.#signIn.challenges.close(session);
    return { pool, user: saved };
  }

  /** @throws AwsError InvalidParameterException when none is set up. */
  async prefer({ pool, user }: PoolMember, isEnabled: boolean): Promise<void> {
    const { softwareToken: token } = user;
    if (token) await this.#service.save(pool, { ...user, softwareToken: { ...token, isEnabled } });
    else if (isEnabled)
      throw new AwsError(
        'InvalidParameterException',
        'User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA',
      );
  }

  async #setUp({ pool, user }: PoolMember, secret: string | undefined, code: string): Promise<void> {
    const lastStep = secret === undefined ? undefined : matchingStep(secret, code, this.#service.clock.nowMs());
    if (secret === undefined || lastStep === undefined) {
      throw new AwsError('EnableSoftwareTokenMFAException', 'Code mismatch');
    }
    const { offeredSecret: _taken, ...rest } = user;
    const isEnabled = pool.rules.mfa === 'ON' || user.softwareToken?.isEnabled === true;
    await this.#service.save(pool, { ...rest, softwareToken: { secret, isEnabled, lastStep } });
  }
}
