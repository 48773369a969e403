import type { PeopleSettings } from '../../manifest/people.ts';

/** The issuer is below the one origin, so that the dashboard calls no other. */
export const PEOPLE_PATH = '/people';
const CLIENT_ID = 'airtime-dashboard';

/** Where the issuer on this machine is. */
export function localPeople(origin: string): PeopleSettings {
  const issuer = `${origin}${PEOPLE_PATH}`;
  return { issuer, clientId: CLIENT_ID, keysUrl: `${issuer}/jwks`, userinfoUrl: `${issuer}/me` };
}
