import type { ItemKind } from './item-kind.ts';
import { ACTOR, OWNED, words } from './item-kind.ts';

const KEPT = 'nothing: it expires after 30 days, or is removed when a number in it is erased';

/** It tells somebody only to the service where people sign in, which has their address. */
const SUBJECT = {
  what: 'a random id of a person, by which the sign-in service knows them',
  why: 'a request of theirs is known by it',
  after: 'everything: it says that somebody was a member, and not who',
};

/** What merchants have set up, and what they asked for. */
export const MERCHANTS: ItemKind[] = [
  {
    table: 'merchants',
    kind: 'merchant',
    keys: / \/ profile$/,
    personal: { name: { what: 'the name of a merchant', why: 'who it is', after: 'everything, while it is one' } },
    plain: words('pk sk id createdAt'),
  },
  {
    table: 'merchants',
    kind: 'key',
    keys: /^key#/,
    personal: {
      name: { what: 'what a merchant calls its key', why: 'to tell keys apart', after: 'everything' },
      'createdBy.id': ACTOR,
      'allowedRanges[]': {
        what: "addresses of the merchant's servers",
        why: 'the key works there only',
        after: 'everything',
      },
    },
    plain: words(`pk sk ${OWNED} prefix scopes[] createdBy.kind endsAt revokedAt replacedBy replaces[] usedAt revision
      writeId hash`),
  },
  {
    table: 'merchants',
    kind: 'terms',
    keys: / \/ terms$/,
    personal: {
      'frozen.live.by.id': ACTOR,
      'frozen.test.by.id': ACTOR,
      'ownFreezes.live.by.id': ACTOR,
      'ownFreezes.test.by.id': ACTOR,
    },
    plain: words(`pk sk merchantId isLive limits.* version writeId frozen.live.at frozen.live.by.kind frozen.live.reason
      frozen.test.at frozen.test.by.kind frozen.test.reason
      ownFreezes.live.at ownFreezes.live.by.kind ownFreezes.live.reason
      ownFreezes.test.at ownFreezes.test.by.kind ownFreezes.test.reason`),
  },
  {
    table: 'merchants',
    kind: 'team',
    keys: /^merchant#\w+ \/ team$/,
    personal: {
      'members[].email': {
        what: 'the e-mail address of a member',
        why: 'the others know whom they work with',
        after: 'nothing, once they leave or are removed',
      },
      'members[].subject': { ...SUBJECT, after: 'nothing here, once they leave or are removed' },
      'members[].notifications.*': {
        what: 'what is mailed to a member, as far as they chose',
        why: 'they choose',
        after: 'nothing, once they leave or are removed',
      },
      'invitations[].email': {
        what: 'the e-mail address of somebody who is invited',
        why: 'the invitation is theirs alone',
        after: 'nothing, once it is accepted, revoked or replaced; of one that ended, once the team is changed',
      },
      'invitations[].createdBy.id': ACTOR,
    },
    plain: words(`pk sk merchantId version writeId members members[].id members[].role members[].joinedAt
      members[].invitationId invitations invitations[].id invitations[].role invitations[].hash invitations[].createdAt
      invitations[].createdBy.kind invitations[].endsAt`),
  },
  {
    table: 'merchants',
    kind: 'membership',
    keys: /^person#\S+ \/ merchant#/,
    personal: { pk: SUBJECT, subject: SUBJECT },
    plain: words('sk id merchantId role joinedAt leftAt revision'),
  },
  {
    table: 'merchants',
    kind: 'sign-up',
    keys: /^person#\S+ \/ business#/,
    personal: { pk: SUBJECT, subject: SUBJECT },
    plain: words('sk nameHash merchantId revision writeId'),
  },
  {
    table: 'limits',
    kind: 'bucket',
    keys: /^lease#/,
    personal: {
      pk: {
        what: 'of a bucket for wrong keys or new businesses, the address they came from',
        why: 'nobody guesses keys',
        after: 'nothing: it expires when the bucket is full, within minutes, and is deleted within two days',
      },
    },
    plain: words('fullAt expiresAt'),
  },
  { table: 'limits', kind: 'count', keys: /^count#/, personal: {}, plain: words('pk used writeId') },
  {
    table: 'merchants',
    kind: "a merchant's key",
    keys: /^merchant#\w+ \/ key#/,
    personal: {},
    plain: words('pk sk id hash mode createdAt'),
  },
  {
    table: 'merchants',
    kind: 'endpoint',
    keys: /^merchant#\w+ \/ (endpoint|results)#/,
    personal: {
      url: { what: "a URL of the merchant's", why: 'events go there', after: 'everything' },
      description: { what: 'what the merchant writes there', why: 'to tell endpoints apart', after: 'everything' },
      'createdBy.id': ACTOR,
    },
    plain: words(`pk sk ${OWNED} events[] createdBy.kind keyIds[] keyVersion secretVersion retiring[] retiring[].*
      failing.* disabled.* deletedAt listensUntil revision writeId`),
  },
  {
    table: 'requests',
    kind: 'request',
    keys: /./,
    personal: {
      path: {
        what: 'the path of a request, which may have a number',
        why: 'the merchant finds its fault',
        after: KEPT,
      },
      'query.text': { what: 'its query', why: 'the same', after: KEPT },
      'request.text': { what: 'its body: numbers, texts', why: 'the same', after: KEPT },
      'response.text': { what: 'what was answered', why: 'the same', after: KEPT },
      'requestHeaders.*': { what: 'some of its headers, none with credentials', why: 'the same', after: KEPT },
    },
    plain: words(`pk listPk listSk ${OWNED} keyId operation method template statusCode statusClass code ms query.bytes
      query.isCut request.bytes request.isCut response.bytes response.isCut responseHeaders responseHeaders.*
      requestHeaders leftOutBefore erasedAt expiresAt`),
  },
  {
    table: 'audit',
    kind: 'act',
    keys: /./,
    personal: {
      'by.id': ACTOR,
      address: {
        what: 'the address a request came from',
        why: 'who did it, from where',
        after: 'nothing: the entry expires',
      },
      'before.*': {
        what: 'what a merchant has set up: names, URLs',
        why: 'what an act changed',
        after: 'nothing: the same',
      },
      'after.*': { what: 'the same, with reasons that operators give', why: 'the same', after: 'nothing: the same' },
    },
    plain: words(`pk sk ${OWNED} at action subject by.kind requestId expiresAt`),
  },
];
