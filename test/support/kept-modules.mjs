import Runtime from 'jest-runtime';

/** `test/tidy.test.ts` allows these layers no variable, and no import of a layer that may have one. */
const SHARED = new URL('../../shared/', import.meta.url).href;
const WITH_STATE = /^(aws|local)\//;
/** What functions carry. Tools for tests own processes or grow, so each file has its own. */
const CARRIED = /^(file:|\/).*\/node_modules\/(@aws|@fastify|@middy|@smithy|ipaddr\.js|jose|papaparse|zod)/;
/** Of Jest's own, what knows the tests of one file. */
const RUNS_TESTS = /\/node_modules\/jest-circus\//;

const isShared = (key) => key.startsWith(SHARED) && !WITH_STATE.test(key.slice(SHARED.length));

/** So that a test which changes the data of a kept module fails, and no other test does. */
function freeze(value) {
  if (typeof value !== 'object' || value === null || !Object.isExtensible(value)) return;
  const prototype = Object.getPrototypeOf(value);
  const isData = Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
  if (isData) Object.values(Object.freeze(value)).forEach(freeze);
}

/** By the names of the runtime's registries; the last one has what runs the tests. */
const kept = { esModuleRegistry: new Map(), moduleRegistry: new Map(), internalModuleRegistry: new Map() };
const mayKeep = (name, key) =>
  name === 'internalModuleRegistry' ? !RUNS_TESTS.test(key) : isShared(key) || CARRIED.test(key);
let current;

/**
 * Jest runtime: a module that holds no state runs once in each worker. Jest runs every module again for each test file,
 * and most files need two thirds of `shared/`: that took a quarter of a second of a processor for each. It needs one realm
 * for all files: `kept-realm.mjs`.
 */
class KeptModules extends Runtime {
  #keeps;

  constructor(...options) {
    super(...options);
    current = this;
    this.#redirectImports();
    const { watch, watchAll, collectCoverage } = options.at(-1);
    // A module may change between two runs; and coverage counts what ran, of each test file.
    this.#keeps = !watch && !watchAll && !collectCoverage;
    if (!this.#keeps) return;
    for (const [name, modules] of Object.entries(kept)) {
      for (const [key, module] of modules) this.registries[name].set(key, module);
    }
  }

  /** What a kept module loads later, when the runtime that ran it has ended, the runtime of the file at hand loads. */
  #redirectImports() {
    const { esmLoader } = this;
    for (const name of ['dynamicImport', 'dynamicImportFromCjs']) {
      const own = esmLoader[name].bind(esmLoader);
      esmLoader[name] = (...what) => (this === current ? own : current.esmLoader[name])(...what);
    }
  }

  requireModuleOrMock(...what) {
    return this === current ? super.requireModuleOrMock(...what) : current.requireModuleOrMock(...what);
  }

  requireInternalModule(...what) {
    return this === current ? super.requireInternalModule(...what) : current.requireInternalModule(...what);
  }

  /** Before the tests of a file run. */
  async unstable_importModule(...what) {
    const imported = await super.unstable_importModule(...what);
    for (const [key, module] of this.registries.esModuleRegistry) {
      if (!isShared(key) || kept.esModuleRegistry.has(key)) continue;
      if (module.status === 'evaluated') Object.values(module.namespace).forEach(freeze);
    }
    return imported;
  }

  teardown() {
    for (const [name, modules] of Object.entries(kept)) {
      if (!this.#keeps) break;
      for (const [key, module] of this.registries[name]) {
        const isWhole = module.status === 'evaluated' || module.loaded;
        if (isWhole && mayKeep(name, key)) modules.set(key, module);
      }
    }
    super.teardown();
  }
}

// biome-ignore lint/style/noDefaultExport: jest loads a runtime only by its default export
export default KeptModules;
