import { TestEnvironment } from 'jest-environment-node';

/** Jest's matchers and their state, which `kept-modules.mjs` keeps too. */
const MATCHERS = Symbol.for('$$jest-matchers-object');

class Realm extends TestEnvironment {
  #globals = Object.getOwnPropertyDescriptors(this.global);
  #env = this.global.process.env;
  #exit = this.global.process.exit;

  /** Makes globals and `process.env` what they were before the last file. */
  restore() {
    const { global } = this;
    for (const name of Reflect.ownKeys(global)) {
      const before = this.#globals[name];
      const now = Reflect.getOwnPropertyDescriptor(global, name);
      if (!now?.configurable || name === MATCHERS) continue;
      if (!before) Reflect.deleteProperty(global, name);
      else if (now.value !== before.value || now.get !== before.get) Object.defineProperty(global, name, before);
    }
    for (const name of Object.keys(this.#env)) delete this.#env[name];
    Object.assign(global.process, { env: Object.assign(this.#env, process.env), exit: this.#exit });
  }

  /** The next file needs what Jest's own environment throws away here. */
  async teardown() {
    this.fakeTimersModern.useRealTimers();
    // Values that globals had, which would be emptied: with them all tests of the file.
    this._globalProxy.leftovers = [];
  }
}

let realm;

/** Jest environment: all files of a worker have one realm, so that modules can be kept for the next file. */
function KeptRealm(config, context) {
  if (realm) realm.restore();
  else realm = new Realm(config, context);
  return realm;
}

// biome-ignore lint/style/noDefaultExport: jest loads an environment only by its default export
export default KeptRealm;
