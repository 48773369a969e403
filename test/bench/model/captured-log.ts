import { powertools, powertoolsLog } from '../../../shared/aws/powertools.ts';
import type { Log } from '../../../shared/world.ts';

/** The length of an id that Lambda gives an invocation. */
const CONTEXT = { awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef' };

/** The log of the deployed functions, whose lines go into a list instead of being printed. */
export function capturedLog(lines: string[]): Log {
  void powertools().before?.({ context: CONTEXT } as never);
  const log = powertoolsLog();
  const captured = (say: () => void) => {
    const streams = [process.stdout, process.stderr];
    const writes = streams.map(({ write }) => write);
    for (const stream of streams) {
      stream.write = (text: unknown) => {
        lines.push(String(text));
        return true;
      };
    }
    try {
      say();
    } finally {
      streams.forEach((stream, place) => {
        stream.write = writes[place] as typeof stream.write;
      });
    }
  };
  return {
    info: (...line) => captured(() => log.info(...line)),
    warn: (...line) => captured(() => log.warn(...line)),
    error: (...line) => captured(() => log.error(...line)),
    metric() {},
  };
}
