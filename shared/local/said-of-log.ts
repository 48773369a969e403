/** What `npm start` says on the console of a line of its log: what somebody would look for there in vain. */
export function saidOfLog(line: string): string | undefined {
  if (!line.includes('"request.not_kept"')) return undefined;
  return 'The request log took a request too slowly: it lacks that one, and those of the next second.';
}
