import { textsOf } from './language.ts';

export const sessionTexts = textsOf({
  en: {
    product: 'Airtime',
    signingIn: 'Signing in …',
    signIn: 'Sign in',
    signInAgain: 'Sign in again',
    signOut: 'Sign out',
    signedOut: 'You are signed out',
    signedOutText: 'Nothing of your session is left in this browser, nor what you had typed into forms.',
    idledText:
      'Nothing had happened here for a while, so you were signed out to protect your money. What you had typed into forms is kept in this tab until you sign in again.',
    failed: 'Signing in failed',
    notFinished: 'It was begun in another tab or too long ago, or there is no connection.',
    failedText: 'Nothing was changed. Try again; if it fails again, your administrator or our support can help.',
    tryAgain: 'Try again',
    endedTitle: 'Your session has ended',
    endedText: 'Sign in again to go on. You come back to this page, and what you have typed into a form is kept.',
    idleTitle: 'Are you still there?',
    idleText: (seconds: number) =>
      `Nothing has happened here for a while. You are signed out in ${seconds} seconds, to protect your money.`,
    stay: 'Stay signed in',
    removed: 'You are no longer a member of the business that you worked in here',
    removedText: 'If you did not leave it yourself, ask one of its owners. You can also begin a business of your own.',
    welcome: 'Name your business',
    welcomeText: (email: string | undefined) =>
      `You are signed in${email ? ` as ${email}` : ''}. You begin in test mode, with play money in your wallets: nothing that you do there is real.`,
    businessName: 'Name of the business',
    businessNameHint: 'As your customers and your team know it.',
    begin: 'Begin in test mode',
    invited: 'You are invited',
    invitedTo: (business: string, role: string) => `To ${business}, as ${role}`,
    invitedBy: (address: string | null) =>
      `Invited by ${address ?? 'somebody who is not a member any more, or by us'}.`,
    invitedUntil: 'The invitation works until',
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
