import { operatorIdentity } from '../../shared/aws/operator-identity.ts';
import { awsWorld } from '../../shared/aws/world.ts';
import type { Facts, Origin, StageAction } from '../../shared/domain/act.ts';
import { STAGE } from '../../shared/domain/act.ts';
import type { Decision } from '../../shared/flows/orders/review.ts';
import { recordAct } from '../../shared/store/audit.ts';
import { readMerchant } from '../../shared/store/merchants.ts';
import { Retry, withRetries, write } from '../../shared/store/write.ts';
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

/** Records what an operator is about to do to the whole stage: it is listed as that of the merchant `stage`. */
export async function recordOrderOfStage(
  world: World,
  action: StageAction,
  subject: string,
  after: Facts,
): Promise<void> {
  const act = recordAct(world, STAGE, await origin(), { action, subject, after });
  await withRetries(world, async () => {
    const written = await write(world, [act]);
    // Its id is new: if it is there, an earlier try has put it.
    return written.kind === 'again' ? new Retry(written.reason) : undefined;
  });
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
