import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANY_NETWORK } from '../../shared/domain/catalogue.ts';
import { SANDBOX_PRODUCTS } from '../../shared/domain/sandbox-products.ts';
import { ROOT } from './fresh.ts';
import { escapeHtml } from './html.ts';
import { codeBlock } from './markdown.ts';

/** The page at `/`, for whoever is not signed in: what this is, what it sends where, what it promises, how it looks. */

export const HOME_TITLE = 'Airtime: send airtime, data and electricity by one API';
export const HOME_SUMMARY =
  'One API and one prepaid wallet: airtime in Zimbabwe, Kenya, Uganda and Tanzania, data and ZESA tokens in Zimbabwe.';

const COUNTRIES = { ZW: 'Zimbabwe', KE: 'Kenya', UG: 'Uganda', TZ: 'Tanzania' } as const;
const KINDS = { airtime: 'Airtime', data: 'Data', zesa: 'Electricity' } as const;

const PROMISES = [
  {
    title: 'No recharge is sent twice',
    text: 'A reference is one order, however often you send it. When an answer is lost, send it again.',
    link: ['/docs/retries', 'How retries work'],
  },
  {
    title: 'No order stays a mystery',
    text: 'If a network does not say what happened, we ask until it does. Until then your money is held, not lost.',
    link: ['/docs/outcomes', 'What each status means'],
  },
  {
    title: 'No cent goes missing',
    text: 'Each movement is an entry in a ledger that only grows. Verify its chain against heads that we sign.',
    link: ['/docs/money', 'How money is kept'],
  },
] as const;

export function home(): string {
  const { command, answer } = firstOrder();
  return `<div class="hero"><div><h1>Airtime, sent once.<br>Every cent accounted for.</h1>
<p>${HOME_SUMMARY}</p>
<p class="actions"><a class="action" href="/app/">Start in test mode</a>
<a class="action second" href="/docs/start">Read the quick start</a></p>
<p class="small">A test account has play money and costs nothing. No card is asked for.</p></div>
<div>${codeBlock(command, 'sh', 'Send an order')}${codeBlock(answer, 'json', 'Its answer')}</div></div>
<section aria-labelledby="where"><h2 id="where">What it sends, and where</h2>
<ul class="countries">${coverage()}</ul></section>
<section aria-labelledby="promises"><h2 id="promises">What it promises</h2>
<ul class="cards three">${PROMISES.map(card).join('')}</ul></section>
<section aria-labelledby="ways"><h2 id="ways">With code or without</h2>
<ul class="ways">
<li><a href="/docs/api">API</a> with <a href="/docs/sdks">SDKs</a> for TypeScript and Python, and signed
<a href="/docs/webhooks">webhooks</a></li>
<li><a href="/docs/bulk">Bulk</a>: a CSV of many recharges, checked before a cent moves</li>
<li><a href="/docs/campaigns">Campaigns</a>: airtime for the respondents of a survey, each once, within a budget</li>
<li>A <a href="/app/">dashboard</a> to send, to top up, and to find out why</li>
</ul></section>`;
}

export const HOME_FOOT = `<footer class="foot"><nav aria-label="More"><a href="/docs">Documentation</a>
<a href="/docs/status">Status</a><a href="/docs/security">Security</a><a href="/docs/going-live">Going live</a>
<a href="/docs/changelog">Changelog</a></nav></footer>`;

/** The first request of the guide and its answer: a test runs both as they are printed. */
function firstOrder(): { command: string; answer: string } {
  const guide = readFileSync(join(ROOT, 'docs/start.md'), 'utf8');
  const found = /## 2\.[\s\S]*?```sh\n([\s\S]*?)```[\s\S]*?```json\n([\s\S]*?)```/.exec(guide);
  if (!found?.[1] || !found[2]) throw new Error('docs/start.md has no first order with its answer');
  const body = /-d '(.*)'/.exec(found[1])?.[1] ?? '{}';
  const lines = JSON.stringify(JSON.parse(body), undefined, 2).replaceAll('\n', '\n  ');
  return { command: found[1].trim().replace(body, () => lines), answer: found[2].trim() };
}

function coverage(): string {
  return Object.entries(COUNTRIES)
    .map(([code, name]) => {
      const products = [...SANDBOX_PRODUCTS.values()].filter(({ country }) => country === code);
      const lines = Object.entries(KINDS).map(([kind, title]) => {
        const sold = products.filter((product) => product.kind === kind && product.network !== ANY_NETWORK);
        const networks = [...new Set(sold.map(({ network }) => network))].toSorted();
        return networks.length > 0 ? `<dt>${title}</dt><dd>${escapeHtml(networks.join(', '))}</dd>` : '';
      });
      const currencies = [...new Set(products.map(({ currency }) => currency))].join(', ');
      return `<li><h3>${name} <small>${currencies}</small></h3><dl>${lines.join('')}</dl></li>`;
    })
    .join('');
}

function card({ title, text, link: [url, says] }: (typeof PROMISES)[number]): string {
  return `<li><h3>${title}</h3><p>${text}</p><a href="${url}">${says}</a></li>`;
}
