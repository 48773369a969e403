import { textsOf } from './language.ts';

export const partTexts = textsOf({
  en: {
    retry: 'Try again',
    requestId: 'Request',
    failed: 'Something went wrong',
    offline: 'No answer',
    offlineText:
      'Our servers did not answer. Check your connection; if a change was under way, look before you repeat it.',
    loading: 'Loading …',
    reload: 'Reload',
    more: 'Load more',
    clearFilter: 'Clear the filter',
    noMatch: 'Nothing matches',
    noMatchText: 'Nothing here has all of that.',
    searchedTo: 'Searched back to',
    searchedOn: 'Nothing more so far; the search has not reached the end.',
    continueSearch: 'Continue the search',
    asOf: (age: string) => `Not current: as of ${age}.`,
    utc: (text: string) => `${text} UTC`,
    copied: 'Copied',
    copyFailed: 'Could not be copied',
    copy: (what: string) => `Copy ${what}`,
    none: '–',
    cancel: 'Cancel',
    close: 'Close',
    filter: 'Filter',
    notAllowed: 'Your role does not include this page',
    notAllowedText: (role: string) => `You are here as ${role}. An owner or an admin of the business can change that.`,
    missing: 'This page is not here',
    missingText: 'The address may be mistyped, or what it names is in the other mode.',
  },
});
