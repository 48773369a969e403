import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sesMail } from '../../shared/aws/mail.ts';
import { LOCAL_CREDENTIALS, useEnvironment } from '../../shared/local/environment.ts';
import { LOCAL_MAIL_FROM, startMail } from '../../shared/local/mail.ts';

/** Mail as it is sent in the cloud, to SES on this machine: a tester finds it on the console and in a file. */

const folder = mkdtempSync(join(tmpdir(), 'airtime-mail-'));
const file = join(folder, 'mail.jsonl');
const said: string[] = [];
let server: Awaited<ReturnType<typeof startMail>>;

beforeAll(async () => {
  server = await startMail({ file, say: (text) => said.push(text) });
  useEnvironment({ ...LOCAL_CREDENTIALS, AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_SESV2: server.endpoint });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

it('a mail is printed so that no terminal takes it for a command, and kept for its owner only', async () => {
  const text = 'Follow this link:\nhttp://localhost:8080/app/invitations?token=abc\n\u202Eand no other';
  await sesMail(LOCAL_MAIL_FROM).send({ to: 'new@shop.example', subject: 'You are invited – Tapiwa’s Shop', text });
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('http://localhost:8080/app/invitations?token=abc');
  expect(said[0]).not.toContain('\u202E');
  const [line = ''] = readFileSync(file, 'utf8').split('\n');
  const subject = 'You are invited – Tapiwa’s Shop';
  expect(JSON.parse(line)).toEqual({ at: expect.any(String), to: 'new@shop.example', subject, text });
  expect(statSync(file).mode & 0o077).toBe(0);
});

it('what was not taken is an error for whoever sends it, and not lost in silence', async () => {
  const sent = sesMail(LOCAL_MAIL_FROM).send({ to: 'new@refused.example', subject: 'x', text: 'x' });
  await expect(sent).rejects.toThrow('not verified');
});
