import type { Words } from './batch-words.ts';

/** What the parameters and fields of people and their businesses are: see `words.ts`. */

const MEMBER = 'mem_01jx3q9v7cx8g2m5k4tz';

export const PEOPLE: Words = {
  'Airtime-Merchant': ['The business, by its `merchant_id` of `GET /api/v1/me`.', 'mer_01jx3q9v7cx8g2m5k4tz'],
  'Airtime-Mode': ['The mode.', 'test'],
  member_id: ['The id of the member.', MEMBER],
  'KeptRequest.member_id': ['Who sent it, if a person did; else `null`.', MEMBER],
  'KeptRequestInFull.member_id': ['Who sent it, if a person did; else `null`.', MEMBER],
  'KeptRequest.key_id': ['The key that sent it; `null` if a person did.', 'key_01jx3q9v7cx8g2m5'],
  'KeptRequestInFull.key_id': ['The key that sent it; `null` if a person did.', 'key_01jx3q9v7cx8g2m5'],
  'listRequests.member_id': ['Only requests of this member.', MEMBER],
  'listOrders.member_id': ['Only orders that this member placed, also as rows of their batches.', MEMBER],
  'UpdateAccountBody.name': ['The name of the business, as people and invitations are shown it.', 'Tariro Stores'],
  'listAudit.member_id': ['Only acts of this member.', MEMBER],
  invitation_id: ['The id of the invitation.', 'inv_01jx3q9v7cx8g2m5k4tz'],
  members: ['People and invitations together, of both modes: the limit of live holds.', 50],
  person_id: ['Who is signed in, by the `sub` of the token.', '2f1c4a9e-6a3b-4f0e-9c1d-7b8e5a2d4c60'],
  business_name: ['The name of the business.', 'Tariro Stores'],
  memberships: ['The businesses of which they are a member, in the order in which they joined.'],
  'Membership.merchant_id': ['The business, for the header `Airtime-Merchant`.', 'mer_01jx3q9v7cx8g2m5k4tz'],
  'Membership.scopes': ['What the role may do.'],
  role: ['The role: what the person may do.', 'developer'],
  email: ['The e-mail address.', 'tendai@shop.example'],
  joined_at: ['When they became a member.', '2026-05-07T08:00:00.000Z'],
  you: ['Whether it is who asks.', false],
  'RemovedMember.removed': ['Always `true`.', true],
  'RemovedMember.keys': ['The keys that they made and that still work: revoke or roll what they may know.', []],
  'RemovedMember.endpoints': ['The webhook endpoints that they made, changed or were shown the secret of.', []],
  'RemovedMember.campaigns': ['The campaigns that they made, widened or were shown the secret of.', []],
  'RevokedInvitation.revoked': ['Always `true`.', true],
  mailed: ['Whether the link was sent by e-mail.', true],
  link: ['The link, where it was not sent by e-mail: pass it on. No other answer shows it. Else `null`.'],
  'Notifications.email': ['Where mail to you goes: the address with which you joined.', 'tendai@shop.example'],
  mail_from: [
    'Who the mails are from; `null`: this deployment sends none, whatever is chosen.',
    'no-reply@airtime.example',
  ],
  low_balance: ['Whether you get a mail when a balance falls below its threshold.', true],
  endpoint_failing: ['Whether you get a mail when a webhook endpoint fails for an hour, or is disabled.', true],
  batch_finished: ['Whether you get a mail when all rows of a batch are decided.', false],
  orders_under_review: ['Whether you get a mail when orders go to manual review.', true],
  topup_problem: ['Whether you get a mail when a top-up is declined, reversed or under review.', true],
  invited_by: [
    'The address of who invited; `null` if they are a member no more, or it was one of us.',
    'rudo@shop.example',
  ],
  'PreviewInvitationBody.token': ['What is behind `#` in the link.'],
  'AcceptInvitationBody.token': ['What is behind `#` in the link.'],
};
