import { createHash } from 'node:crypto';
import { DEMO_PEOPLE } from './demo-people.ts';

/** The pages of the issuer on this machine. They need no script; one runs where it saves a click, under its hash. */

const STYLE = `
:root{color-scheme:light dark;--page:#f5f7f8;--card:#fff;--text:#16202a;--soft:#51606e;--line:#c8d1d9;--accent:#0f766e;
--on-accent:#fff;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--page:#0e151b;--card:#17212a;--text:#e8eef3;--soft:#a5b4c1;--line:#3a4956;
--accent:#5eead4;--on-accent:#06201d;--bad:#ffa198}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.5rem;margin:0 0 .5rem}
p{margin:.5rem 0;color:var(--soft)}
form{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem;margin:1rem 0}
fieldset{border:0;margin:0;padding:0;display:grid;gap:.5rem}
legend,label{font-weight:600;padding:0;margin-bottom:.5rem;display:block}
button,input{font:inherit;width:100%;min-height:44px;border-radius:8px;padding:.5rem .75rem}
input{border:1px solid var(--soft);background:var(--card);color:var(--text)}
button{border:1px solid var(--line);background:transparent;color:var(--text);text-align:left;cursor:pointer}
button:hover{border-color:var(--accent)}
button small{display:block;color:var(--soft);font-size:.875rem}
button.main{background:var(--accent);border-color:var(--accent);color:var(--on-accent);text-align:center;
font-weight:600;margin-top:.75rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
a{color:var(--accent)}
.problem{color:var(--bad);font-weight:600}
`;
const SUBMIT = 'document.forms[0].requestSubmit();';

/** Nothing is loaded from anywhere, and the form goes to this origin. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SUBMIT)}`,
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Who signs in: one of the demo people, or whoever types a mail address. */
export function signInPage({ email = '', problem }: { email?: string; problem?: string }): string {
  const people = DEMO_PEOPLE.map(
    ({ name, email: address, may }) =>
      `<button name="email" value="${address}">${address}<small>${name}: ${may}</small></button>`,
  ).join('\n');
  const described = problem === undefined ? 'hint' : 'problem hint';
  return page(
    'Sign in',
    `<p>This is your own machine: there is no password, and no mail is sent. In the cloud this is Cognito's page.</p>
<form method="post"><fieldset><legend>As somebody of the demo</legend>
${people}
</fieldset></form>
<form method="post" novalidate>
<label for="email">Or with a mail address</label>
${problem === undefined ? '' : `<p class="problem" id="problem" role="alert">${escaped(problem)}</p>`}
<input id="email" name="email" type="email" autocomplete="username" value="${escaped(email)}"
 aria-describedby="${described}"${problem === undefined ? '' : ' aria-invalid="true"'}>
<p id="hint">With an address that is new here you sign up.</p>
<button class="main">Continue</button>
</form>`,
  );
}

/**
 * Goes on by itself where scripts run. `form` is the issuer's, with its secret. The answer is a field and not the
 * button's: a script that submits presses no button, and without the answer the issuer keeps the session.
 */
export function signOutPage(form: string): string {
  const [, open = '', inputs = ''] = /^(<form[^>]*>)(.*)<\/form>$/s.exec(form) ?? [];
  const answer = '<input type="hidden" name="logout" value="yes"><button class="main">Sign out</button>';
  return page('Sign out', `${open}${inputs}${answer}</form><script>${SUBMIT}</script>`);
}

export function messagePage(title: string, text: string): string {
  return page(title, `<p>${escaped(text)}</p><p><a href="/app/">Go to the dashboard</a></p>`);
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(title)} · Airtime</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<style>${STYLE}</style>
</head>
<body><main>
<h1>${escaped(title)}</h1>
${content}
</main></body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
