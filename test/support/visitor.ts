import { createHash, randomBytes } from 'node:crypto';
import { PEOPLE_SCOPES, SIGNED_IN_PATH } from '../../shared/manifest/people.ts';

/** A browser, as far as signing in needs one: it keeps cookies for their paths, and follows no redirect by itself. */
export class Visitor {
  readonly origin: string;
  readonly #cookies = new Map<string, { value: string; path: string }>();
  readonly #verifier = randomBytes(32).toString('base64url');

  constructor(origin: string) {
    this.origin = origin;
  }

  async open(url: string, form?: Record<string, string>) {
    const { pathname } = new URL(url, this.origin);
    const fitting = [...this.#cookies].filter(([, { path }]) => pathname.startsWith(path));
    const cookie = fitting.map(([name, { value }]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(url, this.origin), {
      redirect: 'manual',
      headers: { connection: 'close', ...(cookie ? { cookie } : {}) },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/expires=Thu, 01 Jan 1970/.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, { value, path: /path=([^;]+)/i.exec(line)?.[1] ?? '/' });
    }
    const { status, headers } = answer;
    return { status, headers, location: headers.get('location') ?? '', text: await answer.text() };
  }

  /** The page that asks who it is, or, if the issuer still knows that, where it sends the visitor back. */
  begin(more: Record<string, string> = {}) {
    const query = new URLSearchParams({
      client_id: 'airtime-dashboard',
      redirect_uri: `${this.origin}${SIGNED_IN_PATH}`,
      response_type: 'code',
      scope: PEOPLE_SCOPES.join(' '),
      state: 'the page asked for',
      code_challenge: createHash('sha256').update(this.#verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    });
    return this.open(`/people/auth?${query}`);
  }

  /** Signs in on the page: the code that the dashboard is sent back with. */
  async signIn(email: string): Promise<string> {
    const asked = await this.begin();
    const answered = await this.open(asked.location, { email });
    return codeIn(await this.open(answered.location));
  }

  exchange(code: string, verifier = this.#verifier) {
    return askForTokens(this.origin, {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: this.origin + SIGNED_IN_PATH,
    });
  }
}

/** As a browser posts it: with its own origin. */
export async function askForTokens(origin: string, fields: Record<string, string>) {
  const body = new URLSearchParams({ client_id: 'airtime-dashboard', ...fields });
  const answer = await fetch(`${origin}/people/token`, {
    method: 'POST',
    body,
    headers: { connection: 'close', origin },
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, string> };
}

/** What the dashboard is sent back with. */
export function codeIn({ location }: { location: string }): string {
  const query = new URL(location).searchParams;
  const code = query.get('code');
  if (code === null || query.get('state') !== 'the page asked for') throw new Error(`no code: ${location}`);
  return code;
}
