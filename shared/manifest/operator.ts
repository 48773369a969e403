import type { Access, SecretName } from './access.ts';
import { PAYMENT_SECRETS, SIGNING_PURPOSES } from './access.ts';

/**
 * What operators' commands use beside tables; of these they are granted what their code does. `rotates`: the secrets
 * that they replace.
 */
export const OPERATOR: Pick<Access, 'queues' | 'secrets' | 'heads'> & { readonly rotates: readonly SecretName[] } = {
  // An order or a top-up that is decided by hand wakes whoever delivers its event.
  queues: ['webhooks'],
  // Of upstreams, to read what they sell and what is left there; of numbers, to find those that are to be erased.
  secrets: ['hotrecharge', 'pesaway', ...PAYMENT_SECRETS, ...SIGNING_PURPOSES, 'privacy'],
  heads: 'read',
  rotates: SIGNING_PURPOSES,
};

/** As long as whoever is an operator need not say so again, with a second factor. */
export const OPERATOR_SECONDS = 3_600;
