import { createPayout } from '../../functions/campaigns/create-payout.ts';
import { rotateCampaignSecret } from '../../functions/campaigns/rotate-campaign-secret.ts';
import { updateCampaign } from '../../functions/campaigns/update-campaign.ts';
import { payoutReference } from '../../shared/domain/payout.ts';
import { MINUTE, SECOND } from '../../shared/domain/time.ts';
import { addCampaign } from '../../shared/flows/campaigns/add-campaign.ts';
import { plainSignature, standardSignature } from '../../shared/flows/webhooks/sign-event.ts';
import { serveOpen } from '../../shared/http/pipeline.ts';
import type { PlainResponse } from '../../shared/http/route.ts';
import type { World } from '../../shared/world.ts';
import { OPERATOR } from '../support/origin.ts';
import type { Account, Actors } from './actors.ts';
import { ANSWER_TIMEOUT_MS, invoke, RETRY_PAUSE_MS, request, untilAnswered } from './actors.ts';

/** Survey platforms, which sign payout requests, race, repeat and replay them, and the merchant who pays for a survey. */

export interface Survey {
  readonly id: string;
  readonly account: Account;
  secret: string;
}

const BURST_MS = 4 * MINUTE;

/** Creates a campaign whose budget is too small for all requests that will come. */
export async function openSurvey(world: World, account: Account, requests: number): Promise<Survey> {
  const { campaign, secret } = await addCampaign(
    world,
    account,
    {
      name: 'Survey',
      currency: 'USD',
      budget: Math.max(2, requests),
      min_amount: 1,
      max_amount: 3,
      max_payouts: Math.max(1, Math.ceil(requests / 2)),
      daily_budget: Math.max(2, Math.ceil(requests * 0.6)),
      daily_max_payouts: Math.max(1, Math.ceil(requests * 0.3)),
      retry_failed: true,
      one_per_number: true,
    },
    OPERATOR,
  );
  return { id: campaign.id, account, secret };
}

/** One respondent who completes the survey. Some come twice or with another amount, and some share a phone number. */
export function answerSurvey(actors: Actors, survey: Survey, n: number, withinMs: number): void {
  const { clock, faults } = actors;
  const chance = actors.chance.fork(`respondent ${n}`);
  const person = chance.below(40);
  const body = {
    respondent_id: `person ${person}`,
    target: `077200${1000 + (chance.happens(0.9) ? person : chance.below(40))}`,
    amount: (100 + (person % 20) * 10) / 100,
  };
  // Many respondents answer at the same moment.
  const startMs = Math.floor(chance.below(withinMs) / BURST_MS) * BURST_MS + chance.below(60);
  const copies = faults.happens(chance, 'request doubled') ? 2 + chance.below(2) : 1;
  for (let copy = 0; copy < copies; copy += 1) {
    const isOther = copy > 0 && faults.happens(chance, 'reference reused with other content');
    const text = JSON.stringify(isOther ? { ...body, amount: 3 } : body);
    const laterMs = chance.happens(0.5) ? chance.below(500) : chance.below(10 * MINUTE);
    clock.at(startMs + (copy === 0 ? 0 : laterMs), () =>
      requestPayout(actors, survey, { name: `respondent ${n}.${copy}`, body: text, isTimed: chance.happens(0.6) }),
    );
  }
}

interface PayoutRequest {
  readonly name: string;
  readonly body: string;
  readonly isTimed: boolean;
}

function requestPayout(actors: Actors, survey: Survey, payout: PayoutRequest): void {
  const { clock, faults } = actors;
  const { name, body } = payout;
  untilAnswered(actors, 'platform repeats', (tries) => {
    const chance = actors.chance.fork(`${name} try ${tries}`);
    // Each try is signed again: a wrong clock or a rotated secret may have caused the refusal before.
    const headers = sign(actors, survey, payout, `msg ${name} ${tries}`.replaceAll(/[ .]/g, '_'));
    const post = async (process: string) => {
      const request = { method: 'POST', path: createPayout.path, params: { campaign_id: survey.id }, query: {} };
      const response = await invoke(actors, createPayout.name, process, (world) =>
        serveOpen(world, createPayout, { ...request, headers, body, requestId: 'req_simulated' }),
      );
      faults.count(`payout answered: ${response.status}`);
      actors.trace(`${process} is answered ${response.status}`);
      check(actors, survey, body, response);
      return response;
    };
    // An attacker who saw a request replays it unchanged.
    if (chance.happens(0.3)) clock.at(chance.below(300), () => post(`${name} replayed ${tries}`));
    return post(`${name} try ${tries}`);
  });
}

function sign(
  { clock }: Actors,
  { secret }: Survey,
  { body, isTimed }: PayoutRequest,
  id: string,
): Record<string, string> {
  if (!isTimed) return { 'x-airtime-signature': plainSignature(secret, body) };
  const timestamp = String(Math.floor(clock.now / SECOND));
  const signature = standardSignature(secret, { id, timestamp, body });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

/** An answer shows the respondent of the request, and an order that pays exactly the requested amount. */
function check(actors: Actors, { id, account }: Survey, body: string, response: PlainResponse): void {
  if (response.status >= 300) return;
  const { respondent_id, amount } = JSON.parse(body);
  const shown = JSON.parse(response.body);
  const { merchantId, mode } = account;
  const order = actors.auditor.orders.get(`${merchantId} ${mode} ${shown.agent_reference}`);
  const isRight = order?.id === shown.order_id && shown.amount === amount && shown.campaign_id === id;
  // The order's own `respondentId` may be erased; its reference is made of it.
  if (!isRight || !order?.agentReference.startsWith(payoutReference(id, respondent_id))) {
    actors.report(`${respondent_id} is answered with another payout`);
  }
}

/** The merchant pauses the campaign for some minutes, lifts its daily caps, and rotates its secret while requests with the old one are in flight. */
export function manageSurvey(actors: Actors, survey: Survey, withinMs: number): void {
  const { clock } = actors;
  const chance = actors.chance.fork('survey manager');
  const update = (body: object) => manage(actors, survey, updateCampaign, body);
  clock.at(withinMs * 0.3 * chance.next(), () => update({ paused: true }));
  clock.at(withinMs * 0.4, () => update({ paused: false }));
  // First the caps of the day bind, then those of the whole campaign.
  clock.at(withinMs * 0.5, () => update({ daily_budget: null, daily_max_payouts: null }));
  clock.at(withinMs * chance.next(), () => manage(actors, survey, rotateCampaignSecret, { overlap_hours: 1 }));
}

function manage(
  actors: Actors,
  survey: Survey,
  route: typeof updateCampaign | typeof rotateCampaignSecret,
  body: object,
  tries = 1,
): void {
  if (actors.isOver()) return;
  const answer = request<unknown, unknown, unknown>(actors, survey.account, route as never, {
    name: `survey manager ${route.name} ${JSON.stringify(body)} try ${tries}`,
    params: { campaign_id: survey.id },
    body: JSON.stringify(body),
  });
  Promise.race([answer, actors.clock.sleep(ANSWER_TIMEOUT_MS)]).then((response) => {
    if (response?.status === 200) survey.secret = JSON.parse(response.body).secret ?? survey.secret;
    else if (tries < 20) actors.clock.at(RETRY_PAUSE_MS, () => manage(actors, survey, route, body, tries + 1));
  });
}
