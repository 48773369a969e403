import { expect, it } from '@jest/globals';
import { FAILURES } from '../../shared/domain/order.ts';
import { airtimeProtocol } from '../../shared/http/airtime-protocol.ts';
import { serveNotFound } from '../../shared/http/pipeline.ts';
import { problem } from '../../shared/http/problem.ts';
import { Refusal } from '../../shared/http/refusal.ts';
import type { RefusalCode } from '../../shared/manifest/refusals.ts';
import { REFUSALS } from '../../shared/manifest/refusals.ts';

const CODES = Object.keys(REFUSALS) as RefusalCode[];
const REQUEST = { method: 'GET', path: '/nowhere', params: {}, query: {}, headers: {}, body: '', requestId: 'req_1' };
const WORLD = { publicUrl: 'https://api.example' };

it.each(CODES)('%s has a short title, and texts that fit every route', (code) => {
  const { title, detail, fix } = REFUSALS[code];
  expect(title).not.toMatch(/\.$/);
  expect(title.split(' ').length).toBeLessThanOrEqual(6);
  for (const text of [detail, fix]) {
    expect(text).toMatch(/\.$/);
    expect(text).not.toMatch(/\bdocs\/|\.md\b|agent_reference/);
  }
});

it('the type of a refusal is the URL of its description', () => {
  const { body } = airtimeProtocol.refuse(WORLD, new Refusal('insufficient_funds'), REQUEST);
  expect(JSON.parse(String(body)).type).toBe('https://api.example/docs/errors#insufficient_funds');
  expect(JSON.parse(serveNotFound(WORLD, REQUEST).body).type).toBe('https://api.example/docs/errors#route_not_found');
});

it('without a public URL, the type is relative to the request', () => {
  expect(problem(new Refusal('busy'), 'req_1').type).toBe('/docs/errors#busy');
});

it('a refusal may name a fix of its own', () => {
  expect(problem(new Refusal('body_too_large', { fix: 'Upload it.' }), 'req_1').fix).toBe('Upload it.');
});

it("retryable has one meaning: a refusal and an order's failure of one code agree, and so do all of missing funds", () => {
  const shared = Object.entries(FAILURES).filter(([code]) => code in REFUSALS);
  expect(shared.map(([code]) => code)).toContain('insufficient_funds');
  for (const [code, { retryable }] of shared) {
    expect([code, retryable]).toEqual([code, REFUSALS[code as keyof typeof REFUSALS].retryable]);
  }
  expect([REFUSALS.campaign_unfunded.retryable, REFUSALS.budget_spent.retryable]).toEqual([true, true]);
});
