/** The languages of the dashboard. Every catalogue has English; what another language lacks is English, too. */

type Language = 'en';

export const language: Language = 'en';

/** A part of the catalogue in the language of the reader. */
export function textsOf<Texts extends object>(all: { readonly en: Texts }): Texts {
  return all[language];
}

/** The word for a value of the API. It may get new ones at any time: those are shown as they are. */
export function wordFor(words: object, value: string): string {
  return new Map<string, string>(Object.entries(words)).get(value) ?? value;
}
