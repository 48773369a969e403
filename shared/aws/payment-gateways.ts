import type { Mode } from '../domain/ledger.ts';
import type { PaymentGateway } from '../providers/payment-gateway.ts';
import { parsePesepayCredentials, pesepay } from '../providers/pesepay.ts';
import { nodeHttp } from './http.ts';
import { readSecret } from './secrets.ts';

/** The payment gateway of a mode: payments with a test key go to an account of their own, which moves no money. */
export function makeGateway(mode: Mode, { isLocal }: { isLocal: boolean }): PaymentGateway {
  const secret = mode === 'live' ? 'pesepay' : 'pesepaytest';
  const credentials = async () => parsePesepayCredentials(await readSecret(secret));
  return pesepay({ http: nodeHttp({ loopbackOnly: isLocal }), credentials });
}
