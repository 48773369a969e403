import { Duration } from 'aws-cdk-lib';
import {
  CfnManagedLoginBranding,
  ClientAttributes,
  OAuthScope,
  UserPoolClient,
  UserPoolClientIdentityProvider,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { PeopleSettings } from '../shared/manifest/people.ts';
import {
  PEOPLE_SCOPES,
  REFRESH_HOURS,
  REFRESH_REPEAT_SECONDS,
  SIGNED_IN_PATH,
  SIGNED_OUT_PATH,
  TOKEN_MINUTES,
} from '../shared/manifest/people.ts';
import type { PeopleStack } from './people-stack.ts';

interface PeopleClientProps {
  readonly people: PeopleStack;
  readonly publicUrl: string;
}

/**
 * The dashboard, as Cognito knows it: an app in a browser, which can keep no secret. It is made where the address is
 * that Cognito sends people back to, since that may be a name that CloudFront chooses.
 */
export class PeopleClient extends Construct {
  /** For the API. */
  readonly settings: PeopleSettings;
  /** For the dashboard. */
  readonly config: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { people, publicUrl }: PeopleClientProps) {
    super(scope, id);
    const { issuer, signInUrl } = people;
    const validity = Duration.minutes(TOKEN_MINUTES);
    const client = new UserPoolClient(this, 'Dashboard', {
      userPool: people.pool,
      generateSecret: false,
      // Named, because Cognito's own choice excludes the rotation below. Passwords are never sent to us.
      authFlows: { userSrp: true },
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: PEOPLE_SCOPES.map((scope) => OAuthScope.custom(scope)),
        callbackUrls: [`${publicUrl}${SIGNED_IN_PATH}`],
        logoutUrls: [`${publicUrl}${SIGNED_OUT_PATH}`],
      },
      accessTokenValidity: validity,
      idTokenValidity: validity,
      refreshTokenValidity: Duration.hours(REFRESH_HOURS),
      refreshTokenRotationGracePeriod: Duration.seconds(REFRESH_REPEAT_SECONDS),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
      readAttributes: new ClientAttributes().withStandardAttributes({ email: true, emailVerified: true }),
      writeAttributes: new ClientAttributes().withStandardAttributes({ email: true }),
    });
    // Without it the pages of managed login are not shown.
    new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: people.pool.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    const clientId = client.userPoolClientId;
    this.settings = {
      issuer,
      clientId,
      keysUrl: `${issuer}/.well-known/jwks.json`,
      userinfoUrl: `${signInUrl}/oauth2/userInfo`,
    };
    this.config = { issuer, client_id: clientId, logout_url: `${signInUrl}/logout` };
  }
}
