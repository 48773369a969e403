import { escapeHtml } from './html.ts';
import { codeBlock } from './markdown.ts';
import { GROUPS, plainUrlOf } from './pages.ts';

/** The first page, the page for what is not there, and the list for language models. */

export const TITLE = 'Airtime documentation';
export const SUMMARY =
  'Send airtime, data and electricity tokens by one API: each order once, and the truth about every recharge.';

const FIRST_ORDER = `curl -X POST http://localhost:8080/api/v1/orders \\
  -H "Authorization: Api-Key atk_test_…" \\
  -H "Content-Type: application/json" \\
  -d '{
    "product_id": 100,
    "target": "0772279099",
    "amount": 5,
    "agent_reference": "ord_2026-05-07_12345"
  }'`;

const ANSWER = `{
  "agent_reference": "ord_2026-05-07_12345",
  "status": "success",
  "final": true,
  "currency": "USD",
  "amount": 5
}`;

const PROMISES = [
  ['Never twice', 'A reference is one order, however often you send it. Retry without fear.'],
  ['Never in doubt', 'If a network does not say what happened, we ask until it does. Then we tell you.'],
  ['Never lost', 'Every cent is an entry in a ledger that only grows, and that you can check.'],
] as const;

export function landing(): string {
  const promises = PROMISES.map(([title, text]) => `<li><strong>${title}</strong> ${text}</li>`);
  const groups = GROUPS.map(({ title, pages }) => {
    const cards = pages.map(
      ({ slug, title: name, summary }) =>
        `<li><a href="/docs/${slug}"><strong>${escapeHtml(name)}</strong><span>${escapeHtml(summary)}</span></a></li>`,
    );
    return `<section><h2>${title}</h2><ul class="cards">${cards.join('')}</ul></section>`;
  });
  return `<div class="hero"><div><h1>${TITLE}</h1><p>${SUMMARY}</p>
<ul class="promises">${promises.join('')}</ul></div>
<div>${codeBlock(FIRST_ORDER, 'sh', 'A first order')}${codeBlock(ANSWER, 'json', 'The answer, in short')}</div></div>
${groups.join('\n')}`;
}

export const NOT_FOUND = `<article id="missing"><h1>This page is not here</h1>
<p>The address may be mistyped, or the page has moved. <a href="/docs">All pages of the documentation</a> are one
click away, and the search knows them, too.</p>
<p class="nearest" role="status"></p></article>`;

/** The form of llmstxt.org. */
export function llmsText(): string {
  const groups = GROUPS.map(({ title, pages }) => {
    const links = pages.map((page) => `- [${page.title}](${plainUrlOf(page)}): ${page.summary}`);
    return `## ${title}\n\n${links.join('\n')}\n`;
  });
  return `# Airtime

> ${SUMMARY}

Each page of the documentation is here as Markdown. Keys that begin with \`atk_test_\` spend no money.

${groups.join('\n')}`;
}
