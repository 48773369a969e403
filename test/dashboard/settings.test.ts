import { describe, expect, it } from '@jest/globals';
import { countsOf } from '../../dashboard/src/routes/overview/counts-of.ts';
import { isFailing } from '../../dashboard/src/routes/overview/is-failing.ts';
import { changesOf } from '../../dashboard/src/routes/settings/changes-of.ts';
import { limitText } from '../../dashboard/src/routes/settings/limit-text.ts';
import { mayManage as offers, rolesToGive } from '../../dashboard/src/routes/settings/roles.ts';
import { settingsTexts } from '../../dashboard/src/texts/settings.ts';
import { ACTIONS } from '../../shared/domain/act.ts';
import { mayManage, ROLES, scopesOfRole } from '../../shared/domain/role.ts';

/** What Settings and Overview make of the API's answers, where that can be decided without a browser. */

describe.each(ROLES)('%s', (role) => {
  it.each(ROLES)('is offered to manage %s if the API lets them', (other) => {
    expect(offers({ role, scopes: [...scopesOfRole(role)] }, other)).toBe(mayManage(role, other));
  });
});

it('an admin gives every role but that of an owner', () => {
  expect(rolesToGive({ role: 'owner', scopes: ['team:write'] })).toEqual(ROLES);
  expect(rolesToGive({ role: 'admin', scopes: ['team:write'] })).toEqual(ROLES.filter((role) => role !== 'owner'));
});

it('every act that is recorded has words', () => {
  expect(Object.keys(settingsTexts.audit.actionWords)).toEqual([...ACTIONS]);
});

it.each([
  [{ quota: 50, window_seconds: 1 }, '50 in a second'],
  [{ quota: 200, window_seconds: 10 }, '200 in 10 seconds'],
  [{ quota: 60, window_seconds: 60 }, '60 in a minute'],
  [{ quota: 104857600, window_seconds: 86400 }, '104,857,600 in a day'],
  [20, '20 at most'],
])('the limit %j is %s', (limit, text) => {
  expect(limitText(limit)).toBe(text);
});

it('a change shows what was and what is; what was made shows what it has', () => {
  expect(changesOf({ before: { role: 'viewer', until: null }, after: { role: 'admin', until: '1' } })).toEqual([
    { name: 'role', before: 'viewer', after: 'admin' },
    { name: 'until', before: '', after: '1' },
  ]);
  expect(changesOf({ before: null, after: { scopes: ['a', 'b'], end: null, no: false } })).toEqual([
    { name: 'scopes', before: undefined, after: 'a, b' },
    { name: 'no', before: undefined, after: 'false' },
  ]);
  expect(changesOf({ before: null, after: null })).toEqual([]);
});

it('counts what is undecided, and says where there is more', () => {
  const page = (data: { held_since?: string }[], next_cursor: string | null = null) => ({ data, next_cursor });
  expect(countsOf(page([]), page([]))).toEqual({
    unknown: { count: 0, isMore: false },
    held: { count: 0, isMore: false },
    pending: { count: 0, isMore: false },
  });
  expect(countsOf(page([{}, {}], 'c'), page([{ held_since: '1' }, {}, {}], 'c'))).toEqual({
    unknown: { count: 2, isMore: true },
    held: { count: 1, isMore: true },
    pending: { count: 2, isMore: true },
  });
});

it('an endpoint that was switched off on purpose is not failing', () => {
  expect(isFailing({ failing_since: null, disabled_reason: null })).toBe(false);
  expect(isFailing({ failing_since: null, disabled_reason: 'requested' })).toBe(false);
  expect(isFailing({ failing_since: null, disabled_reason: 'gone' })).toBe(true);
  expect(isFailing({ failing_since: '2026-05-07T08:00:00.000Z', disabled_reason: null })).toBe(true);
});
