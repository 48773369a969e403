/** Preloaded into a process to run it some minutes in the future: `--import ./test/support/later.mjs`. */
const RealDate = Date;
const aheadMs = Number(process.env.MINUTES_LATER ?? '0') * 60_000;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + aheadMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + aheadMs;
  }
};
