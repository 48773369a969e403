import { existsSync, readFileSync } from 'node:fs';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { REFRESH_REPEAT_SECONDS } from '../../manifest/people.ts';
import { writeWhole } from '../data-folder.ts';
import { personId } from './demo-people.ts';

interface Kept {
  readonly payload: AdapterPayload;
  /** In seconds. */
  readonly expiresAt: number;
}

const seconds = () => Math.floor(Date.now() / 1000);

/** Who has signed in, in one file: a restart signs nobody out. */
export class KeptSignIns {
  readonly #file: string;
  /** Mail addresses by `sub`. */
  readonly #people: Map<string, string>;
  readonly #items: Map<string, Kept>;

  constructor(file: string) {
    this.#file = file;
    const { people = {}, items = {} } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    this.#people = new Map(Object.entries(people));
    this.#items = new Map(Object.entries(items));
  }

  /** The person with a mail address, who is new if nobody had it. */
  add(email: string): string {
    const id = personId(email);
    this.#people.set(id, email);
    this.#save();
    return id;
  }

  emailOf(id: string): string | undefined {
    return this.#people.get(id);
  }

  /** What the issuer keeps of one kind. */
  of(kind: string): Adapter {
    const key = (id: string) => `${kind}:${id}`;
    const read = (id: string) => {
      const kept = this.#items.get(key(id));
      return kept && kept.expiresAt > seconds() ? repeatable(kept.payload) : undefined;
    };
    const first = (fits: (payload: AdapterPayload) => boolean) => {
      const found = [...this.#items].find(([name, { payload }]) => name.startsWith(key('')) && fits(payload));
      return found && read(found[0].slice(key('').length));
    };
    return {
      upsert: async (id, payload, expiresIn = 0) => {
        this.#items.set(key(id), { payload, expiresAt: seconds() + expiresIn });
        this.#save();
      },
      find: async (id) => read(id),
      findByUid: async (uid) => first((payload) => payload.uid === uid),
      findByUserCode: async () => undefined,
      consume: async (id) => {
        const kept = this.#items.get(key(id));
        // The first use counts: its repetition gives no more time.
        if (kept) kept.payload.consumed ??= seconds();
        this.#save();
      },
      destroy: async (id) => {
        this.#items.delete(key(id));
        this.#save();
      },
      revokeByGrantId: async (grantId) => {
        for (const [name, { payload }] of this.#items) {
          if (name.startsWith(key('')) && payload.grantId === grantId) this.#items.delete(name);
        }
        this.#save();
      },
    };
  }

  #save(): void {
    for (const [name, { expiresAt }] of this.#items) if (expiresAt <= seconds()) this.#items.delete(name);
    writeWhole(this.#file, { people: Object.fromEntries(this.#people), items: Object.fromEntries(this.#items) });
  }
}

/** As Cognito does, a refresh token that was just used is taken again: its answer may have been lost. */
function repeatable(payload: AdapterPayload): AdapterPayload {
  const { consumed, ...unused } = payload;
  const isJustUsed = typeof consumed === 'number' && seconds() - consumed < REFRESH_REPEAT_SECONDS;
  return payload.kind === 'RefreshToken' && isJustUsed ? unused : payload;
}
