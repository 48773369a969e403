import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const own = createRequire(import.meta.url);

/**
 * Loads a bundle as Lambda does: its file and those beside it, with an environment of its own. All functions run in this
 * process, so each gets a `process` that has its own variables, and a console.
 */
export function loadBundle(
  folder: string,
  environment: Readonly<Record<string, string>>,
  say: (level: string, line: string) => void,
): Handler {
  const ownProcess = Object.create(process, { env: { value: { ...environment } } });
  const levels = ['log', 'info', 'warn', 'error', 'debug'] as const;
  const ownConsole = Object.fromEntries(
    levels.map((level) => [level, (...values: unknown[]) => say(level, values.map(String).join(' '))]),
  );
  const load = (file: string): { handler: Handler } => {
    const module = { exports: {} };
    const requireOwn = (name: string) => {
      if (name.startsWith('.')) return load(join(dirname(file), name));
      return /^(node:)?process$/.test(name) ? ownProcess : own(name);
    };
    const source = readFileSync(file, 'utf8');
    const run = new Function('exports', 'require', 'module', 'process', 'console', source);
    run(module.exports, requireOwn, module, ownProcess, ownConsole);
    return module.exports as { handler: Handler };
  };
  const { handler } = load(join(folder, 'index.js'));
  return handler;
}
