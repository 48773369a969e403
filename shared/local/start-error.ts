/** A failure of `npm start` that its user can mend: the message is the one sentence that is printed. */
export class StartError extends Error {}
