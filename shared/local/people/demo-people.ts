import { createHash } from 'node:crypto';
import type { Role } from '../../domain/role.ts';

interface DemoPerson {
  readonly name: string;
  /** In the business of the demo; absent: in none. */
  readonly role?: Role;
  readonly may: string;
}

const PEOPLE: readonly DemoPerson[] = [
  { name: 'owner', role: 'owner', may: 'may do everything in the business Demo' },
  { name: 'finance', role: 'finance', may: 'tops up, and reads the ledger and the audit log' },
  { name: 'developer', role: 'developer', may: 'sends, and has keys, webhooks and the request log' },
  { name: 'viewer', role: 'viewer', may: 'reads, and changes nothing' },
  { name: 'operator', may: 'is in no business yet' },
];

/** Who can sign in at the start of `npm start` by one click. Whoever else types an address is a new person. */
export const DEMO_PEOPLE = PEOPLE.map((person) => ({ ...person, email: `${person.name}@demo.example` }));

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
