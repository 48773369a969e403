import { awsWorld } from '../../shared/aws/world.ts';
import type { Role } from '../../shared/domain/role.ts';
import { ROLES } from '../../shared/domain/role.ts';
import { changeTerms } from '../../shared/flows/account/change-terms.ts';
import { invite } from '../../shared/flows/people/change-team.ts';
import { linkOf } from '../../shared/flows/people/mail-invitation.ts';
import { viewTerms } from '../../shared/http/views/account-views.ts';
import { viewInvitation } from '../../shared/http/views/team-views.ts';
import type { Options } from './arguments.ts';
import { required, stated, UsageError } from './arguments.ts';
import { knownMerchant, origin } from './caller.ts';

/** The commands on businesses and their people. */

/** Lets a business that signed up do live what it does in test mode. `terms set <id> live no` takes it back. */
export async function activateCommand([merchantId]: string[]): Promise<unknown> {
  const live = { merchantId: await knownMerchant(merchantId), mode: 'live' } as const;
  return viewTerms(await changeTerms(awsWorld(), live, await origin(), (terms) => ({ ...terms, isLive: true })));
}

/** The first owner of a merchant that an operator made, or one who takes over where all owners have gone. */
export async function inviteCommand([merchantId, email]: string[], options: Options): Promise<unknown> {
  const world = awsWorld();
  const id = await knownMerchant(merchantId);
  const wanted = { email: required(email, 'an e-mail address'), role: roleOf(options.role) };
  const made = await stated(invite(world, id, wanted, { origin: await origin() }));
  const note = 'Pass the link on: it works once, for whoever signs in with this address. Nothing was mailed.';
  return { ...viewInvitation(made.invitation), link: linkOf(world, made), note };
}

function roleOf(text = 'owner'): Role {
  const role = ROLES.find((each) => each === text);
  if (!role) throw new UsageError(`there is no role ${text}; roles are ${ROLES.join(', ')}`);
  return role;
}
