import * as z from 'zod/mini';
import { ROLES } from '../domain/role.ts';
import { pathId } from './fields.ts';

/** Fields of people and their businesses. */

export const memberParams = z.object({ member_id: pathId });
export const invitationParams = z.object({ invitation_id: pathId });

export const role = z.enum(ROLES, { error: `must be one of ${ROLES.join(', ')}.` });

const ADDRESS = /^[^\s@<>"(),;:\\]+@(?:[^\s@<>"(),;:\\.]+\.)+[^\s@<>"(),;:\\.]+$/;
const EMAIL = { error: 'must be an e-mail address.' };
export const email = z.string(EMAIL).check(z.trim(), z.maxLength(254, EMAIL), z.regex(ADDRESS, EMAIL));

const NAME_CHARACTERS_MAX = 80;

/** It is in mails to people who know nobody here, so it is nothing that a mail program makes a link of. */
export const businessName = z.pipe(
  z.string({ error: 'must be a string.' }).check(
    z.maxLength(NAME_CHARACTERS_MAX, { error: `has at most ${NAME_CHARACTERS_MAX} characters.` }),
    z.regex(/^ *[\p{L}\p{N}][\p{L}\p{M}\p{N} &'’.,()+-]*$/u, {
      error: "may have only letters, digits, blanks and & ' . , ( ) + -",
    }),
    z.refine((text: string) => !/\.[\p{L}\p{N}]/u.test(text), { error: 'must not look like an address of the web.' }),
  ),
  z.transform((text: string) => text.trim().replace(/ +/g, ' ')),
);

export const invitationToken = z
  .string({ error: 'must be the token of an invitation link.' })
  .check(z.maxLength(200, { error: 'must be the token of an invitation link.' }));
