import vm from 'node:vm';

/**
 * Jest compiles each module again for each test file. With this, V8 gets back what it made of the same source for an
 * earlier file of the same worker.
 */
const { SourceTextModule, compileFunction } = vm;
const modules = new Map();
const functions = new Map();

vm.SourceTextModule = class extends SourceTextModule {
  constructor(source, options) {
    const cachedData = modules.get(source);
    super(source, { ...options, ...(cachedData && { cachedData }) });
    if (!cachedData) modules.set(source, this.createCachedData());
  }
};

vm.compileFunction = (source, parameters, options) => {
  const cachedData = functions.get(source);
  const compiled = compileFunction(source, parameters, {
    ...options,
    ...(cachedData ? { cachedData } : { produceCachedData: true }),
  });
  if (!cachedData) functions.set(source, compiled.cachedData);
  return compiled;
};
