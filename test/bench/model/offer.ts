import type { ModelledStage } from './modelled-stage.ts';

interface Answers {
  /** Accepted before the last request was offered. */
  accepted: number;
  /** Accepted after that. */
  late: number;
  /** Refused with a 503, or by API Gateway, which waits no longer. */
  busy: number;
  failed: number;
  /** Of what was accepted, in ms. */
  readonly latencies: number[];
}

/** How long API Gateway waits for an answer. */
const ANSWER_MS_MAX = 29_000;

/** Offers requests at random times, and waits for the last answers. */
export async function offer(
  stage: ModelledStage,
  { rate, seconds }: { rate: number; seconds: number },
  request: (n: number) => Promise<{ status: number }>,
): Promise<Answers> {
  const answers: Answers = { accepted: 0, late: 0, busy: 0, failed: 0, latencies: [] };
  const chance = stage.chance.fork(`offered ${rate}`);
  const running = new Set<Promise<void>>();
  const end = stage.clock.now + seconds * 1_000;
  const one = async (n: number) => {
    const startedAt = stage.clock.now;
    const { status } = await request(n);
    const ms = stage.clock.now - startedAt;
    if (status === 503 || ms > ANSWER_MS_MAX) answers.busy += 1;
    else if (status >= 300) answers.failed += 1;
    else {
      if (stage.clock.now <= end) answers.accepted += 1;
      else answers.late += 1;
      answers.latencies.push(ms);
    }
  };
  let count = 0;
  const next = () => {
    if (stage.clock.now >= end) return;
    const work = one(count);
    count += 1;
    running.add(work);
    void work.finally(() => running.delete(work));
    schedule();
  };
  const schedule = () => stage.clock.at((-1_000 / rate) * Math.log(1 - chance.next()), next);
  schedule();
  await stage.pass(seconds * 1_000);
  await stage.run(Promise.all(running));
  return answers;
}
