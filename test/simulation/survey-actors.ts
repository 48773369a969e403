import { createPayout } from '../../functions/campaigns/create-payout.ts';
import { getCampaign } from '../../functions/campaigns/get-campaign.ts';
import { rotateCampaignSecret } from '../../functions/campaigns/rotate-campaign-secret.ts';
import { updateCampaign } from '../../functions/campaigns/update-campaign.ts';
import { HOUR, MINUTE, SECOND } from '../../shared/domain/time.ts';
import { addCampaign } from '../../shared/flows/campaigns/add-campaign.ts';
import { plainSignature, standardSignature } from '../../shared/flows/webhooks/sign-event.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import type { PlainResponse } from '../../shared/http/route.ts';
import type { World } from '../../shared/world.ts';
import type { Account, Actors } from './merchant-actors.ts';
import { request, untilAnswered } from './merchant-actors.ts';

/** Survey platforms of a simulation: they sign payouts, race, repeat and replay; and the merchant that pays for it. */

export interface Survey {
  readonly id: string;
  readonly account: Account;
  secret: string;
}

const BURST_MS = 4 * MINUTE;

/** A campaign of an account whose budget is too small for all that will be asked. */
export async function openSurvey(world: World, account: Account, requests: number): Promise<Survey> {
  const { campaign, secret } = await addCampaign(world, account, {
    name: 'Survey',
    currency: 'USD',
    budget: Math.max(2, requests),
    min_amount: 1,
    max_amount: 3,
    max_payouts: Math.max(1, Math.ceil(requests / 2)),
    retry_failed: true,
    one_per_number: true,
  });
  return { id: campaign.id, account, secret };
}

/** One respondent who is done; some come twice, with another number or amount, and some share a number. */
export function answerSurvey(actors: Actors, survey: Survey, n: number, withinMs: number): void {
  const { clock, faults } = actors;
  const chance = actors.chance.fork(`respondent ${n}`);
  const person = chance.below(40);
  const body = {
    respondent_id: `person ${person}`,
    target: `077200${1000 + (chance.happens(0.9) ? person : chance.below(40))}`,
    amount: (100 + (person % 20) * 10) / 100,
  };
  // A survey is sent out, and many answer at one moment.
  const startMs = Math.floor(chance.below(withinMs) / BURST_MS) * BURST_MS + chance.below(60);
  const copies = faults.happens(chance, 'request doubled') ? 2 + chance.below(2) : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    const isOther = copy > 0 && faults.happens(chance, 'other content under one reference');
    const text = JSON.stringify(isOther ? { ...body, amount: 3 } : body);
    const laterMs = chance.happens(0.5) ? chance.below(500) : chance.below(10 * MINUTE);
    clock.at(startMs + (copy === 0 ? 0 : laterMs), () =>
      ask(actors, survey, { name: `respondent ${n}.${copy}`, body: text, isTimed: chance.happens(0.6) }),
    );
  }
}

interface Asking {
  readonly name: string;
  readonly body: string;
  readonly isTimed: boolean;
}

function ask(actors: Actors, survey: Survey, asking: Asking): void {
  const { clock, faults } = actors;
  const { name, body } = asking;
  untilAnswered(actors, 'platform repeats', (tries) => {
    const chance = actors.chance.fork(`${name} try ${tries}`);
    // Each try is signed anew: it may have been refused by a clock that is wrong, or a secret that has just changed.
    const headers = signed(actors, survey, asking, `msg ${name} ${tries}`.replaceAll(/[ .]/g, '_'));
    const knock = async (who: string) => {
      const response = await serveOpen(actors.process(who), createPayout, {
        method: 'POST',
        path: createPayout.path,
        params: { campaign_id: survey.id },
        query: {},
        headers,
        body,
        requestId: 'req_simulated',
      });
      faults.count(`payout answered: ${response.status}`);
      actors.tell(`${who} is answered ${response.status}`);
      check(actors, survey, body, response);
      return response;
    };
    // Whoever has seen a request can send it again, as it is.
    if (chance.happens(0.3)) clock.at(chance.below(300), () => knock(`${name} replayed ${tries}`));
    return knock(`${name} try ${tries}`);
  });
}

function signed({ clock }: Actors, { secret }: Survey, { body, isTimed }: Asking, id: string): Record<string, string> {
  if (!isTimed) return { 'x-airtime-signature': plainSignature(secret, body) };
  const timestamp = String(Math.floor(clock.now / SECOND));
  const signature = standardSignature(secret, { id, timestamp, body });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

/** An answer speaks of the respondent who was asked for, and of an order that pays exactly that. */
function check(actors: Actors, { id, account }: Survey, body: string, response: PlainResponse): void {
  if (response.status >= 300) return;
  const { respondent_id, amount } = JSON.parse(body);
  const answered = JSON.parse(response.body);
  const { merchantId, mode } = account;
  const order = actors.auditor.orders.get(`${merchantId} ${mode} ${answered.agent_reference}`);
  const isRight = order?.id === answered.order_id && answered.amount === amount && answered.campaign_id === id;
  if (!isRight || order?.payout?.respondentId !== respondent_id) {
    actors.violate(`${respondent_id} is answered as another`);
  }
}

/** The merchant pauses for some minutes, and has a new secret while requests with the old one are on their way. */
export function manageSurvey(actors: Actors, survey: Survey, withinMs: number): void {
  const { clock } = actors;
  const chance = actors.chance.fork('survey manager');
  const change = (what: object) => manage(actors, survey, updateCampaign, what, 1);
  clock.at(withinMs * 0.3 * chance.next(), () => change({ paused: true }));
  clock.at(withinMs * 0.4, () => change({ paused: false }));
  clock.at(withinMs * chance.next(), () => manage(actors, survey, rotateCampaignSecret, { overlap_hours: 1 }, 1));
}

function manage(
  actors: Actors,
  survey: Survey,
  endpoint: typeof updateCampaign | typeof rotateCampaignSecret,
  what: object,
  tries: number,
): void {
  if (actors.isOver()) return;
  const asked = request<unknown, unknown, unknown>(actors, survey.account, endpoint as never, {
    name: `survey manager ${endpoint.name} ${JSON.stringify(what)} try ${tries}`,
    params: { campaign_id: survey.id },
    body: JSON.stringify(what),
  });
  Promise.race([asked, actors.clock.sleep(40 * SECOND)]).then((response) => {
    if (response?.status === 200) survey.secret = JSON.parse(response.body).secret ?? survey.secret;
    else if (tries < 20) actors.clock.at(2 * SECOND, () => manage(actors, survey, endpoint, what, tries + 1));
  });
}

/** What the API shows of a campaign at rest is what the auditor knows of it. */
export async function readSurveyWhenQuiescent(actors: Actors, survey: Survey): Promise<void> {
  const asked = request<unknown, unknown, unknown>(actors, survey.account, getCampaign as never, {
    name: 'reader of the survey',
    params: { campaign_id: survey.id },
  });
  const response = await Promise.race([asked, actors.clock.sleep(HOUR / 2)]);
  const known = actors.auditor.surveys.campaigns.get(survey.id);
  const shown = response && JSON.parse(response.body);
  const total = Object.values<number>(shown?.counts ?? {}).reduce((sum, count) => sum + count, 0);
  const isRight = shown?.spent === (known?.spentMinor ?? 0) / 100 && total === known?.accepted;
  if (!isRight || shown?.counts.pending !== 0) actors.violate(`${survey.id} is shown as ${response?.body}`);
}
