/** The languages of the dashboard. Every catalogue has English; what another language lacks is English, too. */

type Language = 'en';

export const language: Language = 'en';

/** A part of the catalogue in the language of the reader. */
export function textsOf<Texts extends object>(all: { readonly en: Texts }): Texts {
  return all[language];
}
