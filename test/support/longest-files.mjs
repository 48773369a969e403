const FILES_SHOWN = 6;

/** Jest reporter: names the files that took longest, above the summary with the time of the whole run. */
class LongestFiles {
  onRunComplete(_contexts, { testResults }) {
    const longest = testResults
      .map(({ testFilePath, perfStats }) => ({ name: testFilePath.split('/test/').at(-1), ms: perfStats.runtime }))
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, FILES_SHOWN)
      .map(({ name, ms }) => `${name} ${(ms / 1000).toFixed(0)} s`);
    process.stderr.write(`\nLongest files: ${longest.join(', ')}\n\n`);
  }
}

// biome-ignore lint/style/noDefaultExport: jest loads a reporter only by its default export
export default LongestFiles;
