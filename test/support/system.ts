import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LocalFile } from '../../shared/local/data-folder.ts';
import { freePort } from '../../shared/local/engine.ts';

interface Launch {
  readonly port?: number;
  readonly minutesLater?: number;
  readonly debug?: boolean;
}

/** For child processes that run our sources: without types and compiled once, not in each process. */
export const childEnvironment = { ...process.env, NODE_COMPILE_CACHE: 'node_modules/.cache/compiled' };

const run = promisify(execFile);

/** `npm start` as a child process, as a user runs it. */
export class System {
  readonly child: ChildProcess;
  readonly data: string;
  output = '';
  readonly ended: Promise<number | null>;

  private constructor(child: ChildProcess, data: string) {
    this.child = child;
    this.data = data;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    this.ended = new Promise((resolve) => {
      child.once('exit', (code) => resolve(code));
    });
  }

  static async launch(data: string, options: Launch = {}): Promise<System> {
    const port = options.port ?? (await freePort());
    const clock = options.minutesLater === undefined ? [] : ['--import', './test/support/later.mjs'];
    const flags = options.debug ? ['--debug'] : [];
    const args = [...clock, 'bin/start.ts', '--port', String(port), '--data', data, ...flags];
    // The test runner's own `process.env` is a copy that children do not inherit.
    const env = { ...childEnvironment, MINUTES_LATER: String(options.minutesLater ?? 0) };
    return new System(spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }), data);
  }

  /** A system that takes requests. A port that was free may be taken before it is used: then another one is tried. */
  static async start(data: string, options: Launch = {}): Promise<System> {
    for (let triesLeft = 3; ; triesLeft -= 1) {
      const system = await System.launch(data, options);
      if (await system.says(/Ready in/)) return system;
      const mayTryAgain = options.port === undefined && /Port \d+ is taken/.test(system.output) && triesLeft > 0;
      if (!mayTryAgain) throw new Error(`npm start ended: ${system.output}`);
    }
  }

  /** Whether a line appears before the process ends. */
  async says(pattern: RegExp): Promise<boolean> {
    let hasEnded = false;
    this.ended.then(() => {
      hasEnded = true;
    });
    while (!pattern.test(this.output)) {
      if (hasEnded) return false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return true;
  }

  get local(): LocalFile {
    return JSON.parse(readFileSync(join(this.data, 'local.json'), 'utf8'));
  }

  async api(
    path: string,
    init: { key?: string; method?: string; body?: unknown; headers?: Record<string, string> } = {},
  ) {
    const response = await fetch(this.local.baseUrl + path, {
      method: init.method ?? (init.body === undefined ? 'GET' : 'POST'),
      headers: {
        authorization: `Api-Key ${init.key ?? this.local.liveKey}`,
        'content-type': 'application/json',
        connection: 'close',
        ...init.headers,
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    });
    return { status: response.status, json: JSON.parse(await response.text()) };
  }

  /** What a command of operators prints about this system, from the shell. Rejects with its `stderr` if it fails. */
  async operate(...words: string[]): Promise<string> {
    const args = ['bin/operator.ts', ...words, '--data', this.data];
    return (await run(process.execPath, args, { env: childEnvironment })).stdout;
  }

  /** The same, of a command that prints JSON. */
  async operator(...words: string[]) {
    return JSON.parse(await this.operate(...words));
  }

  /** Fails where an answer meanwhile was not as the OpenAPI document says. */
  async stop(): Promise<number | null> {
    this.child.kill('SIGTERM');
    const code = await this.ended;
    this.#requireContract();
    return code;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
    this.#requireContract();
  }

  #requireContract(): void {
    const violations = this.output.split('\n').filter((line) => line.includes('contract.violated'));
    if (violations.length > 0)
      throw new Error(`Answers violated the contract:\n${[...new Set(violations)].join('\n')}`);
  }
}
