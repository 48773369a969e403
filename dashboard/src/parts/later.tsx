import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { Problem } from '../api/problem.ts';
import { Loading } from './loading.tsx';
import { ProblemAlert } from './problem-alert.tsx';

/**
 * A page, or a part of one, whose code is loaded when it is shown. Where that fails, as it does on a slow line, what is
 * around it stays, be it a secret that is shown once, and it is asked for again. The router's own way reloads the whole
 * page, which without a connection is the browser's page of errors.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  fallback: ReactNode = <Loading />,
) {
  let Known: ComponentType<Props> | undefined;
  const attempt = async () => {
    Known ??= await load();
  };
  function Later(props: Props) {
    const [isThere, setIsThere] = useState(Known !== undefined);
    const [hasFailed, setHasFailed] = useState(false);
    useEffect(() => {
      if (isThere || hasFailed) return;
      attempt().then(
        () => setIsThere(true),
        () => setHasFailed(true),
      );
    }, [isThere, hasFailed]);
    if (isThere && Known) return <Known {...props} />;
    if (!hasFailed) return fallback;
    return <ProblemAlert error={new Problem(0, {})} onRetry={() => setHasFailed(false)} />;
  }
  /** The router keeps the page before while this one loads. */
  const preload = () => attempt().catch(() => undefined);
  return Object.assign(Later, { preload });
}
