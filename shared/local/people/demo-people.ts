import { createHash } from 'node:crypto';

/** Who can sign in at the start of `npm start` by one click. Whoever else types an address is a new person. */
export const DEMO_PEOPLE = [
  { name: 'owner', may: 'may do everything in the business Demo' },
  { name: 'finance', may: 'tops up, reads the ledger and statements' },
  { name: 'developer', may: 'has keys, webhooks and the request log' },
  { name: 'viewer', may: 'reads, and changes nothing' },
  { name: 'operator', may: 'is in no business' },
].map(({ name, may }) => ({ name, may, email: `${name}@demo.example` }));

/** Whoever has a mail address is one person: written in other letters it is the same. */
export function normalEmail(text: string): string {
  return text.trim().toLowerCase();
}

/** The `sub` of a person: as from Cognito a UUID, which does not say who it is. */
export function personId(email: string): string {
  const hex = createHash('sha256')
    .update(`airtime-local:${normalEmail(email)}`)
    .digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}
