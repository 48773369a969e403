import { constants, platform, setPriority } from 'node:os';
import { inspect } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { invoke, surviveCrashes } from './crashes.ts';

/**
 * A function in a thread of its own, as Lambda gives each function processes of its own: however busy it is, requests
 * and other functions do not wait for it, and it has what they leave of the processor. Its log lines are those of this
 * process. A thread that ends fails what it had in hand, and the next event starts another.
 */
export class FunctionThread {
  readonly #module: string;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #worker: Worker | undefined;
  #events = 0;

  /** `module`: the URL of the file whose `handler` it runs. */
  constructor(module: string) {
    this.#module = module;
  }

  /** What the handler answers to an event. */
  async handle(event: unknown): Promise<unknown> {
    this.#worker ??= this.#start();
    this.#events += 1;
    const id = this.#events;
    const { result, failure } = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker?.postMessage({ id, event });
    });
    if (failure !== undefined) throw new Error(failure);
    return result;
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL(import.meta.url), { workerData: { functionModule: this.#module } });
    worker.on('message', (message: Answer | LogLine) => {
      if ('level' in message) console[message.level](message.text);
      else this.#answer(message);
    });
    worker.on('error', (error) => console.error(`the thread of ${this.#module} failed`, error));
    worker.on('exit', () => {
      this.#worker = undefined;
      for (const id of [...this.#waiting.keys()]) this.#answer({ id, failure: 'The thread of the function ended.' });
    });
    return worker;
  }

  #answer(answer: Answer): void {
    this.#waiting.get(answer.id)?.(answer);
    this.#waiting.delete(answer.id);
  }
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly failure?: string;
}

const LEVELS = ['log', 'info', 'warn', 'error', 'debug'] as const;

interface LogLine {
  readonly level: (typeof LEVELS)[number];
  readonly text: string;
}

/** The thread's own side. */
function serve(module: string): void {
  const post = (message: Answer | LogLine) => parentPort?.postMessage(message);
  for (const level of LEVELS) {
    console[level] = (...values: unknown[]) =>
      post({ level, text: values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ') });
  }
  // Linux counts this thread alone; elsewhere it would be the whole process.
  if (platform() === 'linux') setPriority(constants.priority.PRIORITY_NORMAL + 3);
  surviveCrashes();
  const loaded = import(module);
  parentPort?.on('message', async ({ id, event }: { id: number; event: unknown }) => {
    try {
      post({ id, result: await invoke(async () => (await loaded).handler(event, {})) });
    } catch (error) {
      post({ id, failure: inspect(error) });
    }
  });
}

if (!isMainThread && typeof workerData?.functionModule === 'string') serve(workerData.functionModule);
