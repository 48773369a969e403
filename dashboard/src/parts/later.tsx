import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { Problem } from '../api/problem.ts';
import { loadConfig } from '../config.ts';
import { Loading } from './loading.tsx';
import { ProblemAlert } from './problem-alert.tsx';

/**
 * A page, or a part of one, whose code is loaded when it is shown. Where that fails, as it does on a slow line, what is
 * around it stays and it is asked for again. The router's own way reloads the whole page, which without a connection
 * is the browser's page of errors.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  fallback: ReactNode = <Loading />,
) {
  let Known: ComponentType<Props> | undefined;
  const attempt = async (tries: number): Promise<void> => {
    try {
      Known ??= await load();
      await loadMissingStyles();
    } catch (error) {
      if (tries <= 1) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      await attempt(tries - 1);
    }
  };
  function Later(props: Props) {
    const [isThere, setIsThere] = useState(Known !== undefined);
    const [hasFailed, setHasFailed] = useState(false);
    useEffect(() => {
      if (isThere) return;
      attempt(TRIES).then(
        () => setIsThere(true),
        () => setHasFailed(true),
      );
    }, [isThere]);
    if (isThere && Known) return <Known {...props} />;
    if (!hasFailed) return fallback;
    const again = () => {
      setHasFailed(false);
      attempt(1).then(
        () => setIsThere(true),
        async () => {
          // What is asked for is gone since a new version came: that has all of its own.
          await loadConfig().then(
            () => window.location.reload(),
            () => setHasFailed(true),
          );
        },
      );
    };
    return <ProblemAlert error={new Problem(0, {})} onRetry={again} />;
  }
  /** The router keeps the page before while this one loads. */
  const preload = () => attempt(1).catch(() => undefined);
  return Object.assign(Later, { preload });
}

const TRIES = 3;
const PAUSE_MS = 1_000;

/** A style sheet that failed is not asked for again with the code that needs it. */
async function loadMissingStyles(): Promise<void> {
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')];
  const missing = links.filter(({ sheet }) => sheet === null);
  await Promise.all(
    missing.map((link) => {
      const again = link.cloneNode() as HTMLLinkElement;
      const loaded = new Promise((resolve, reject) => {
        again.onload = resolve;
        again.onerror = reject;
      });
      link.replaceWith(again);
      return loaded;
    }),
  );
}
