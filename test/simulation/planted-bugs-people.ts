import type { PlantedBug } from './planted-bugs.ts';
import { bugsIn } from './planted-bugs-security.ts';

/** Bugs that would let a person do more than they may, or be in a business where they are not. */
export const PLANTED_BUGS_PEOPLE: readonly PlantedBug[] = [
  ...bugsIn('shared/http/verify-token.ts', 'test/http/verify-token.test.ts', [
    ['a token of another client opens', 'if (client_id !== clientId)', 'if (client_id === undefined)'],
    ['a token that says who somebody is opens', "if (token_use !== 'access')", 'if (token_use === undefined)'],
    ['a token for another API opens', 'if (audiences.length > 0 && !', 'if (audiences.length > 9 && !'],
    ['a token of another issuer opens', '      issuer: people.issuer,\n', ''],
    ['an expired token opens for a day', 'clockTolerance: CLOCK_SECONDS,', 'clockTolerance: 86_400,'],
    ['a token that never ends opens', "requiredClaims: ['exp', 'sub'],", "requiredClaims: ['sub'],"],
    ['invented keys make us ask the issuer each time', 'const AGAIN_MS_MIN = 30 * SECOND;', 'const AGAIN_MS_MIN = 0;'],
    [
      'a key that the issuer withdrew opens for ever',
      'const KEYS_MS_MAX = 60 * MINUTE;',
      'const KEYS_MS_MAX = Infinity;',
    ],
  ]),
  ...bugsIn('shared/http/person.ts', 'test/people-matrix.test.ts', [
    [
      'a member of one business acts for any other',
      'const membership = await readMembership(world, subject, merchantId);',
      "const [membership] = await (await import('../store/teams.ts')).listMemberships(world, subject);",
    ],
  ]),
  ...bugsIn('shared/domain/role.ts', 'test/people-matrix.test.ts', [
    ['a viewer spends', 'const VIEWER = [\n', "const VIEWER = [\n  'orders:write',\n"],
    ['finance spends', "finance: [...VIEWER, 'wallet:write',", "finance: [...VIEWER, 'orders:write', 'wallet:write',"],
    ['an admin makes owners', "(role === 'owner' || other !== 'owner')", 'true'],
  ]),
  ...bugsIn('shared/http/pipeline.ts', 'test/people-matrix.test.ts', [
    ['a key changes the team', 'if (handler.isForPeople && !isMember(caller))', 'if (handler.isForPeople === false)'],
  ]),
  ...bugsIn('shared/store/teams.ts', 'test/functions/account/team.test.ts', [
    ['who was removed goes on', 'return found?.leftAt === undefined ? found : undefined;', 'return found;'],
    [
      'who is removed meanwhile still makes a key',
      "condition: 'revision = :revision',",
      "condition: 'revision >= :revision',",
    ],
  ]),
  ...bugsIn('shared/domain/team.ts', 'test/functions/account/team.test.ts', [
    ['the last owner leaves', 'return members.some(isOwner) || !before.some(isOwner);', 'return true;'],
    [
      'an invitation works twice',
      'team.invitations.filter(({ id }) => id !== member.invitationId);',
      'team.invitations;',
    ],
    ['one more joins than may', '+ others.length >= max)', '+ others.length > max)'],
    ['an invitation never ends', 'return at < endsAt;', 'return true;'],
    [
      'the address of who left stays',
      'const members = team.members.filter((each) => each.id !== id);',
      'const { members } = team;',
    ],
  ]),
  ...bugsIn('shared/flows/people/change-team.ts', 'test/functions/account/team.test.ts', [
    ['an invitation is for whoever has it', 'if (!isSameEmail(email, invitation.email))', "if (email === '')"],
    [
      'the secret of an invitation is not looked at',
      'invitation && invitation.hash === sha256(secret) &&',
      'invitation &&',
    ],
    [
      'an admin takes an invitation from an owner',
      '    if (before && maker) requireMayManage(maker.caller, before.role);\n',
      '',
    ],
    ['an admin demotes an owner', '    requireMayManage(caller, member.role);\n', ''],
    ['who is removed meanwhile still makes a campaign', '[left, keyCampaignsPut(closed)]', '[left]'],
    ['who loses their role meanwhile still invites', '? [maker.check] : [];', '? [] : [];'],
  ]),
  ...bugsIn('shared/flows/people/profile.ts', 'test/functions/account/create-business.test.ts', [
    ['an unverified address signs up', "(isVerified === true || isVerified === 'true')", '(isVerified !== null)'],
    ['what is said of somebody else is believed', 'if (sub !== subject)', 'if (sub === undefined)'],
  ]),
  ...bugsIn('shared/flows/people/create-business.ts', 'test/functions/account/create-business.test.ts', [
    ['a business that signs up is live', 'isLive: false, version: 1', 'isLive: true, version: 1'],
    ['each repeat of a sign-up fills the wallets', '      if (await readTail(world, wallet)) return;\n', ''],
    ['a repeat of a sign-up makes a business', '    if (known) return known;\n', ''],
  ]),
  ...bugsIn('functions/orders/list-orders.ts', 'test/functions/orders/order-filters.test.ts', [
    [
      "another merchant's campaign lists its payouts",
      'campaign_id === undefined ? undefined : findCampaign(world, owner, campaign_id),',
      'undefined,',
    ],
    [
      'a key and a member together list what one of them placed',
      'if (key_id !== undefined && member_id !== undefined)',
      'if (false)',
    ],
  ]),
  ...bugsIn('shared/store/merchants.ts', 'test/functions/account/update-account.test.ts', [
    [
      'of two renames one is lost without a trace',
      "condition: '#name = :before',",
      "condition: '#name <> :before OR #name = :before',",
    ],
  ]),
  ...bugsIn('shared/manifest/routes/account.ts', 'test/functions/account/update-account.test.ts', [
    ['a key renames a business', "another name.',\n    isForPeople: true,", "another name.',"],
  ]),
];
