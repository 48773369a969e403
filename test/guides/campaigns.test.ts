import { execFile, spawn, spawnSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { plainSignature, standardSignature } from '../../shared/flows/webhooks/sign-event.ts';
import { freePort } from '../../shared/local/engine.ts';
import { REFUSALS } from '../../shared/manifest/refusals.ts';
import { campaignsOpenRoutes, campaignsRoutes } from '../../shared/manifest/routes/campaigns.ts';
import type { Known } from '../support/campaigns.ts';
import { aCampaign, knock } from '../support/campaigns.ts';
import type { TestWorld } from '../support/world.ts';
import { aMerchant, sell, stopEngine, testWorld } from '../support/world.ts';

/** What the page for survey builders prints is run as it is printed, against the route that it is for. */

const guide = readFileSync('docs/campaigns.md', 'utf8');
const run = promisify(execFile);
const RUN_MS_MAX = 60_000;

function snippet(fence: string): string {
  const [, code] = new RegExp(`^\`\`\`${fence}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(guide) ?? [];
  if (code === undefined) throw new Error(`the guide prints no ${fence}`);
  return code;
}

let world: TestWorld;
let campaign: Known;
let server: Server;
let settings: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'guide-'));

beforeAll(async () => {
  world = await testWorld({ clock: 'real' });
  const merchant = await aMerchant(world);
  await sell(world);
  campaign = await aCampaign(world, merchant.id);
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, id = ''] = /^\/api\/v1\/campaigns\/([^/]+)\/payouts$/.exec(request.url ?? '') ?? [];
    const body = Buffer.concat(chunks).toString('utf8');
    const reply = await knock(world, id, request.headers as Record<string, string>, body);
    response.writeHead(reply.status, reply.headers).end(reply.text);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  settings = {
    BASE_URL: url,
    AIRTIME_URL: url,
    CAMPAIGN_ID: campaign.id,
    CAMPAIGN_SECRET: campaign.secret,
  };
});
afterAll(async () => {
  server.close();
  rmSync(folder, { recursive: true });
  await stopEngine();
});

const NODE = `
import { pay } from './snippet.mjs';
const { BASE_URL: baseUrl, CAMPAIGN_ID: campaignId, CAMPAIGN_SECRET, RESPONDENT } = process.env;
for (const secret of [CAMPAIGN_SECRET, CAMPAIGN_SECRET, 'whsec_AAAA' + CAMPAIGN_SECRET.slice(10)]) {
  const { status } = await pay({ baseUrl, campaignId, secret }, { respondent_id: RESPONDENT, target: '0772279099' });
  console.log(status);
}
`;

const PYTHON = `
import os
from snippet import pay
secret = os.environ["CAMPAIGN_SECRET"]
for each in [secret, secret, "whsec_AAAA" + secret[10:]]:
    payout = {"respondent_id": os.environ["RESPONDENT"], "target": "0772279099"}
    print(pay(os.environ["BASE_URL"], os.environ["CAMPAIGN_ID"], each, payout)[0])
`;

const PHP = `<?php
require __DIR__ . '/snippet.php';
$secret = getenv('CAMPAIGN_SECRET');
foreach ([$secret, $secret, 'whsec_AAAA' . substr($secret, 10)] as $each) {
    $payout = ['respondent_id' => getenv('RESPONDENT'), 'target' => '0772279099'];
    echo pay(getenv('BASE_URL'), getenv('CAMPAIGN_ID'), $each, $payout)[0], "\\n";
}
`;

const RUNTIMES = [
  { program: process.execPath, fence: 'js', file: 'snippet.mjs', harness: ['harness.mjs', NODE] },
  { program: 'python3', fence: 'python', file: 'snippet.py', harness: ['harness.py', PYTHON] },
  { program: 'php', fence: 'php', file: 'snippet.php', harness: ['harness.php', PHP] },
] as const;

const isInstalled = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

describe('the snippet for', () => {
  for (const { program, fence, file, harness } of RUNTIMES) {
    const name = program.split('/').at(-1);
    if (!isInstalled(program)) {
      it(`${name} is not installed here: its snippet was not run`, () => {
        expect(snippet(fence)).toContain('webhook-signature');
      });
      continue;
    }
    it(`${name} pays, repeats, and is refused with another secret`, async () => {
      writeFileSync(join(folder, file), snippet(fence));
      writeFileSync(join(folder, harness[0]), harness[1]);
      const env = { ...process.env, ...settings, RESPONDENT: `${fence} ünïcode 👍`, PYTHONUTF8: '1' };
      const { stdout } = await run(program, [harness[0]], { cwd: folder, env, timeout: RUN_MS_MAX });
      expect(stdout.trim().split(/\s+/)).toEqual(['201', '200', '401']);
    });
  }

  it('Google Apps Script pays for a submitted form, run here on stand-ins for what Google provides', async () => {
    const sent: { url: string; options: { headers: Record<string, string>; payload: number[] } }[] = [];
    const bytes = (signed: readonly number[]) => Buffer.from(signed.map((each) => each & 0xff));
    const signed = (buffer: Buffer) => [...new Int8Array(buffer)];
    const answer = (name: string, text: string) => ({
      getItem: () => ({ getTitle: () => name }),
      getResponse: () => text,
    });
    runInNewContext(`${snippet('javascript')}\nonSubmit(event);`, {
      PropertiesService: { getScriptProperties: () => ({ getProperties: () => settings }) },
      Utilities: {
        getUuid: () => randomUUID(),
        base64Decode: (text: string) => signed(Buffer.from(text, 'base64')),
        base64Encode: (data: number[]) => bytes(data).toString('base64'),
        newBlob: (text: string) => ({ getBytes: () => signed(Buffer.from(text, 'utf8')) }),
        computeHmacSha256Signature: (data: number[], key: number[]) =>
          signed(createHmac('sha256', bytes(key)).update(bytes(data)).digest()),
      },
      UrlFetchApp: {
        fetch(url: string, options: (typeof sent)[number]['options']) {
          sent.push({ url, options });
          return { getResponseCode: () => 201, getContentText: () => '' };
        },
      },
      event: {
        response: {
          getId: () => '2_ABaOnuf-ü',
          getItemResponses: () => [answer('Name', 'Rudo'), answer('Phone number', '0772279099')],
        },
      },
    });
    const [request] = sent;
    expect(request?.url).toBe(`${settings.BASE_URL}/api/v1/campaigns/${campaign.id}/payouts`);
    const body = bytes(request?.options.payload ?? []).toString('utf8');
    const reply = await knock(world, campaign.id, request?.options.headers ?? {}, body);
    expect([reply.status, reply.json.respondent_id]).toEqual([201, '2_ABaOnuf-ü']);
  });

  it('KoboToolbox stands between a submission and us, for who knows its password', async () => {
    writeFileSync(join(folder, 'payouts.py'), snippet('python'));
    writeFileSync(join(folder, 'relay.py'), snippet('py'));
    const port = await freePort();
    const env = { ...process.env, ...settings, PORT: String(port), KOBO_PASSWORD: 'p' };
    const relay = spawn('python3', ['relay.py'], { cwd: folder, env, stdio: 'ignore' });
    try {
      const submit = (password: string) =>
        fetch(`http://127.0.0.1:${port}`, {
          method: 'POST',
          headers: { authorization: `Basic ${Buffer.from(`kobo:${password}`).toString('base64')}` },
          body: JSON.stringify({ _id: 7, _uuid: '7f3a-kobo', phone: '0772279099', _tags: [], 'group/age': '30' }),
        });
      for (let tries = 0; tries < 100; tries += 1) {
        if (await submit('wrong').catch(() => undefined)) break;
        await sleep(100);
      }
      const statuses: number[] = [];
      for (const password of ['wrong', 'p', 'p']) statuses.push((await submit(password)).status);
      expect(statuses).toEqual([401, 201, 200]);
    } finally {
      relay.kill();
    }
  }, 30_000);
});

it('the numbers to check code against are right', () => {
  const row = (name: string) => new RegExp(`^\\| ${name} \\| \`(.*)\` \\|$`, 'm').exec(guide)?.[1] ?? '';
  const [secret, body] = [row('secret'), row('body')];
  expect(row('`webhook-signature`')).toBe(standardSignature(secret, { id: 'msg_1', timestamp: '1778140800', body }));
  expect(row('`X-Airtime-Signature`')).toBe(plainSignature(secret, body));
});

it('every route and every refusal that it names is one, with its status', () => {
  for (const { method, path } of Object.values({ ...campaignsRoutes, ...campaignsOpenRoutes })) {
    expect(guide).toContain(`| \`${method} ${path}\` |`);
  }
  const rows = [...guide.matchAll(/^\| ((?:`\w+`(?:, )?)+) \| (\d{3}) \|/gm)].flatMap(([, codes = '', status]) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => [code, Number(status)] as const),
  );
  expect(rows.length).toBeGreaterThan(14);
  for (const [code, status] of rows)
    expect([code, REFUSALS[code as keyof typeof REFUSALS]?.status]).toEqual([code, status]);
});
