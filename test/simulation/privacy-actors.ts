import { MINUTE } from '../../shared/domain/time.ts';
import { eraseOldOf } from '../../shared/flows/privacy/erase-old.ts';
import { privacyHash } from '../../shared/flows/privacy/hash-of-number.ts';
import type { Account, Actors } from './actors.ts';

/**
 * The job that erases old personal data, as if its term were minutes: so that it meets repeats, callbacks, refunds and
 * corrections of the orders that it erases. Two runs at once, now and then.
 */
export function eraseMeanwhile(actors: Actors, until: number): void {
  const { clock } = actors;
  const runs = () => {
    if (actors.isOver() || clock.now > until) return;
    for (const account of actors.accounts) {
      erase(actors, account, 'one job');
      if (actors.chance.fork(`another job at ${clock.now}`).happens(0.3)) erase(actors, account, 'another job');
    }
    clock.at(7 * MINUTE, runs);
  };
  clock.at(5 * MINUTE, runs);
}

function erase(actors: Actors, { merchantId, mode }: Account, name: string): void {
  const world = actors.process(`${name} of ${merchantId} ${mode} at ${actors.clock.now}`);
  const run = async () => {
    const before = world.now();
    const hash = await privacyHash(world);
    const work = { owner: { merchantId, mode }, list: 'orders', before, hash, isTimeLeft: () => true } as const;
    return eraseOldOf(world, work);
  };
  run().then(
    (erased) => erased > 0 && actors.faults.count('job: orders erased'),
    () => actors.faults.count('job: erasure failed'),
  );
}
