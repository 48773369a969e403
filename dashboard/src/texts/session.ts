import { textsOf } from './language.ts';

export const sessionTexts = textsOf({
  en: {
    product: 'Airtime',
    signingIn: 'Signing in …',
    signIn: 'Sign in',
    signInAgain: 'Sign in again',
    signOut: 'Sign out',
    signedOut: 'You are signed out',
    signedOutText: 'Nothing of your session is left in this browser.',
    wasIdleText:
      'Nothing had happened for a while. Sign in again to come back to the page that you were on: what you typed there is kept in this tab until it is closed.',
    failed: 'Signing in failed',
    failedText: 'Nothing was changed. Try again; if it fails again, your administrator or our support can help.',
    tryAgain: 'Try again',
    endedTitle: 'Your session has ended',
    endedText: 'Sign in again to go on. You come back to this page, and what you have typed into a form is kept.',
    idleTitle: 'Are you still there?',
    idleText: (seconds: number) =>
      `Nothing has happened here for a while. You are signed out in ${seconds} seconds, to protect your money.`,
    stay: 'Stay signed in',
    welcome: 'Name your business',
    welcomeText: (email: string | undefined) =>
      `You are signed in${email ? ` as ${email}` : ''}. You begin in test mode, with play money in your wallets: nothing that you do there is real.`,
    businessName: 'Name of the business',
    businessNameHint: 'As your customers and your team know it.',
    begin: 'Begin in test mode',
    invited: 'You are invited',
    invitedText: (email: string | undefined) =>
      `You are signed in${email ? ` as ${email}` : ''}. An invitation is for the address that it was sent to.`,
    accept: 'Accept the invitation',
    otherAddress: 'Sign in with another address',
    noToken: 'This link has no invitation in it: open it as it is in the mail, or ask for a new one.',
    dashboard: 'Go to the dashboard',
    broken: 'The dashboard could not start',
    brokenText: 'Its settings could not be read. Check your connection, then try again.',
  },
});
