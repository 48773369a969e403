import { operatorIdentity } from '../../shared/aws/operator-identity.ts';
import { awsWorld } from '../../shared/aws/world.ts';
import type { Origin } from '../../shared/domain/act.ts';
import type { Decision } from '../../shared/flows/orders/review.ts';
import { readMerchant } from '../../shared/store/merchants.ts';
import type { World } from '../../shared/world.ts';
import type { Options } from './arguments.ts';
import { required, UsageError } from './arguments.ts';

/** Who runs a command, and for whom. */

/** Whose credentials this command uses. */
export async function origin(): Promise<Origin> {
  const id = await operatorWorld().operator?.();
  if (id === undefined) throw new Error('nobody says who runs this command');
  return { by: { kind: 'operator', id } };
}

/** Who decided and why, for the timeline. */
export async function decision(options: Options): Promise<Decision> {
  const { by } = await origin();
  const reason = required(options.reason, '--reason, which is recorded in the timeline');
  return { by: by.id, reason };
}

export async function knownMerchant(id: string | undefined): Promise<string> {
  const merchantId = required(id, 'a merchant id');
  if (!(await readMerchant(awsWorld(), merchantId))) throw new UsageError(`there is no merchant ${merchantId}`);
  return merchantId;
}

function operatorWorld(): World {
  return { ...awsWorld(), operator: operatorIdentity };
}
