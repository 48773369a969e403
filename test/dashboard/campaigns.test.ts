import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { codeOf } from '../../bin/dashboard/code-of.ts';
import { samplesOf } from '../../dashboard/src/routes/campaigns/samples-of.ts';
import { shareOf, stateOf, todayOf } from '../../dashboard/src/routes/campaigns/state-of.ts';
import {
  bodyOf,
  changesOf,
  instantOf,
  NEW_TERMS,
  problemsOf,
  typedOf,
  warningsOf,
} from '../../dashboard/src/routes/campaigns/terms-form.ts';

/** What the pages of campaigns make of answers and of what is typed, where that can be decided without a browser. */

const NOW = Date.parse('2026-05-07T08:00:00.000Z');
const GOOD = { ...NEW_TERMS, name: 'Survey', amount: '0.50', budget: '100' };

describe('the state of a campaign', () => {
  const paying = { paused: false, starts_at: null, ends_at: null, left: 5, payouts_left: null };
  it.each([
    ['active', {}],
    ['active', { starts_at: '2026-05-07T08:00:00.000Z' }],
    ['waiting', { starts_at: '2026-05-07T08:00:01.000Z' }],
    ['ended', { ends_at: '2026-05-07T08:00:00.000Z', paused: true }],
    ['paused', { left: 0, paused: true }],
    ['spent', { payouts_left: 0 }],
    ['paused', { paused: true, starts_at: '2027-01-01T00:00:00.000Z' }],
  ])('is %s with %j', (state, terms) => {
    expect(stateOf({ ...paying, ...terms }, NOW)).toBe(state);
  });
});

it('a bar is never beyond its ends, and yesterday counts for nothing today', () => {
  expect([shareOf(5, 10), shareOf(12, 10), shareOf(0, 10), shareOf(null, 10), shareOf(5, null)]).toEqual([
    50, 100, 0, 0, 0,
  ]);
  const latest_day = { day: '2026-05-06', spent: 3, payouts: 6 };
  expect(todayOf({ latest_day }, NOW)).toEqual({ day: '2026-05-07', spent: 0, payouts: 0 });
  expect(todayOf({ latest_day: { ...latest_day, day: '2026-05-07' } }, NOW).spent).toBe(3);
});

describe('terms that would never pay', () => {
  it.each([
    [{}, {}],
    [{ amount: '100.01' }, { budget: 'overBudget' }],
    [{ amount: '100' }, {}],
    [{ kind: 'range' as const, least: '101', most: '102' }, { budget: 'overBudget' }],
    [{ endDay: '2026-05-06' }, { endDay: 'past' }],
    [{ endDay: '2026-05-09' }, {}],
  ])('%j: %j', (terms, warnings) => {
    expect(warningsOf({ ...GOOD, ...terms }, NOW)).toEqual(warnings);
  });
});

describe('terms that are typed', () => {
  it.each([
    [{ name: ' ' }, { name: 'missing' }],
    [{ amount: '' }, { amount: 'missing' }],
    [{ budget: 'much' }, { budget: 'badAmount' }],
    [{ amount: '0.505' }, { amount: 'badAmount' }],
    [{ kind: 'range' as const, least: '1' }, { most: 'missing' }],
    [{ payoutsMax: '1.5' }, { payoutsMax: 'badCount' }],
    [{ dailyBudget: '-1' }, { dailyBudget: 'badAmount' }],
    [{ startTime: '08:00' }, { startDay: 'badTime' }],
    [{ endDay: '2026-13-01' }, { endDay: 'badTime' }],
    [{}, {}],
  ])('%j: %j', (typed, problems) => {
    expect(problemsOf({ ...GOOD, ...typed })).toEqual(problems);
  });

  it('amounts are sent as they were typed, and what is empty has no limit', () => {
    expect(bodyOf({ ...GOOD, amount: ' 0.50 ' })).toMatchObject({
      ...{ amount: '0.50', min_amount: null, max_amount: null, budget: '100', product_id: null },
      ...{ max_payouts: null, daily_budget: null, daily_max_payouts: null, starts_at: null, require_timestamp: true },
    });
    expect(bodyOf({ ...GOOD, kind: 'range', least: '1', most: '5' })).toMatchObject({ amount: null, min_amount: '1' });
  });

  it('a change says what is changed and nothing else', () => {
    const before = { ...GOOD, startDay: '2026-05-07', startTime: '08:30' };
    expect(changesOf(before, before)).toEqual({});
    expect(changesOf(before, { ...before, budget: '120', retryFailed: true })).toEqual({
      budget: '120',
      retry_failed: true,
    });
    expect(changesOf(before, { ...before, startDay: '', startTime: '' })).toEqual({ starts_at: null });
  });

  it('an instant is of the zone of the reader, and comes back as it was typed', () => {
    const at = instantOf('2026-05-07', '08:30');
    expect(at).toBe(new Date(2026, 4, 7, 8, 30).toISOString());
    // Without a time a campaign pays on all of its last day.
    expect(bodyOf({ ...GOOD, startDay: '2026-05-07', endDay: '2026-05-07' })).toMatchObject({
      starts_at: new Date(2026, 4, 7).toISOString(),
      ends_at: new Date(2026, 4, 8).toISOString(),
    });
    const campaign = { ...{ starts_at: at, ends_at: null, countries: [], name: 'Survey', currency: 'USD', budget: 1 } };
    expect(typedOf(campaign as never)).toMatchObject({ startDay: '2026-05-07', startTime: '08:30', endDay: '' });
  });
});

describe('signed requests', () => {
  const guide = codeOf(readFileSync('docs/campaigns.md', 'utf8'));
  const particular = { baseUrl: 'https://air.example', campaignId: 'cmp_1' };

  it('are in six languages, each for the campaign, and none has a secret in it', () => {
    const samples = samplesOf(guide, particular);
    expect(samples.map(({ language }) => language)).toEqual(['node', 'python', 'php', 'apps', 'kobo', 'shell']);
    for (const { text } of samples) {
      expect(text).toContain('https://air.example');
      expect(text).toContain('cmp_1');
      expect(text).toContain('CAMPAIGN_SECRET');
      expect(text).not.toMatch(/whsec_\w|AIRTIME_URL|undefined/);
    }
  });

  it('name an amount where the campaign leaves that to each of them', () => {
    for (const { text } of samplesOf(guide, { ...particular, amount: '0.75' })) expect(text).toContain('0.75');
  });
});
