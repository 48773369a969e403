/**
 * The parts of the web platform that the SDK is given, as types of its own: so its declarations need neither the types
 * of a browser nor those of Node. The platform's own `fetch` and `Headers` fit them.
 */

interface PlainSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The platform's `AbortSignal`, where its types are loaded. */
export type Signal = typeof globalThis extends { AbortSignal: { prototype: infer Given } } ? Given : PlainSignal;

export interface FetchOptions {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | ArrayBuffer;
  readonly redirect?: 'manual';
  readonly signal?: Signal;
}

export interface FetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export type Fetch = (url: string, options: FetchOptions) => Promise<FetchAnswer>;
