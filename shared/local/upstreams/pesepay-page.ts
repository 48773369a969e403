/** The page on which a customer pays: plain HTML, readable on a phone, and clear about moving no money. */

export interface PageFacts {
  readonly referenceNumber: string;
  readonly reason: string;
  readonly amount: string;
  readonly currency: string;
  /** How the payment ended, when there is nothing left to choose. */
  readonly ended?: string;
  readonly returnUrl: string;
}

/** The value that each button sends, and its label. */
const BUTTONS = [
  ['pay', 'Pay'],
  ['decline', 'Decline'],
  ['cancel', 'Cancel'],
  ['later', 'Pay later'],
] as const;

export type Choice = (typeof BUTTONS)[number][0];

export function isChoice(text: string | null): text is Choice {
  return BUTTONS.some(([choice]) => choice === text);
}

/** The page runs no scripts and loads nothing. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export function payPage(facts: PageFacts): string {
  const { referenceNumber, reason, amount, currency, ended, returnUrl } = facts;
  const sum = `${currency} ${amount}`;
  const buttons = BUTTONS.map(([choice, name]) => {
    const label = choice === 'pay' ? `${name} ${sum}` : name;
    return `<button class="${choice}" name="choice" value="${choice}">${escapeHtml(label)}</button>`;
  });
  const choices = `<form method="post">${buttons.join('')}</form>`;
  const way = `<p class="ended">${escapeHtml(ended ?? '')}</p><a class="back" href="${escapeHtml(returnUrl)}">Back</a>`;
  return page(`Pay ${sum}`, [
    `<p class="reason">${escapeHtml(reason)}</p>`,
    `<p class="sum"><span>${escapeHtml(currency)}</span> ${escapeHtml(amount)}</p>`,
    ended === undefined ? choices : way,
    `<p class="reference">Reference <code>${escapeHtml(referenceNumber)}</code></p>`,
  ]);
}

export function missingPage(): string {
  return page('No such payment', ['<p class="reason">There is no such payment.</p>']);
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; --ink: #16202c; --soft: #5b6878; --card: #fff; --ground: #eef2f6; --line: #d6dde6;
  --strong: #0b6b4f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9eef4; --soft: #9aa8b8; --card: #1b232d; --ground: #10161d;
  --line: #33404f; --strong: #2fa37c; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--ground);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 25rem; padding: 1.75rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; box-shadow: 0 .5rem 2rem rgb(0 0 0 / .08); }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; font-weight: 600; }
header small { padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 1rem; color: var(--soft);
  font-weight: 400; }
.reason { margin: 1.5rem 0 0; color: var(--soft); overflow-wrap: anywhere; }
.sum { margin: .1rem 0 1.5rem; font-size: 2.25rem; font-weight: 650; line-height: 1.2; overflow-wrap: anywhere;
  font-variant-numeric: tabular-nums; }
.sum span { font-size: 1.1rem; font-weight: 500; color: var(--soft); }
form { display: grid; grid-template-columns: 1fr 1fr; gap: .6rem; }
button, .back { display: block; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .6rem;
  font: inherit; color: inherit; background: none; text-align: center; text-decoration: none; cursor: pointer; }
button:hover, .back:hover { border-color: var(--soft); }
button:focus-visible, .back:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px; }
.pay { grid-column: 1 / -1; border-color: var(--strong); background: var(--strong); color: #fff; font-weight: 600; }
.later { grid-column: 1 / -1; border-color: transparent; color: var(--soft); }
.ended { font-weight: 600; }
.reference { margin: 1.5rem 0 0; font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; }
`;

function page(title: string, parts: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><span>Pesepay</span><small>Simulated: no money moves</small></header>
${parts.join('\n')}
</main>
</body>
</html>
`;
}
