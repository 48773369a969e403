import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { sessionTexts as texts } from '../texts/session.ts';
import { idleSecondsMax, secondsIdle, WARNING_SECONDS, watchActivity } from './activity.ts';
import { useChosen } from './chosen.tsx';
import { signOut } from './oidc.ts';

/** Signs out who has left, after a warning in time to stay. A tab that is used keeps the others signed in, too. */
export function IdleGuard() {
  const [left, setLeft] = useState<number>();
  const { membership } = useChosen();
  const secondsMax = idleSecondsMax(membership?.role);
  useEffect(() => {
    const stopWatching = watchActivity();
    const timer = setInterval(() => {
      const remaining = secondsMax - secondsIdle();
      if (remaining <= 0) signOut({ isIdle: true });
      setLeft(remaining <= WARNING_SECONDS ? Math.max(0, remaining) : undefined);
    }, 1_000);
    return () => {
      clearInterval(timer);
      stopWatching();
    };
  }, [secondsMax]);
  // What is done while the warning shows is the answer to it.
  return (
    <Modal
      visible={left !== undefined}
      header={texts.idleTitle}
      onDismiss={() => setLeft(undefined)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => signOut()}>
              {texts.signOut}
            </Button>
            <Button variant="primary" onClick={() => setLeft(undefined)}>
              {texts.stay}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      {texts.idleText(Math.ceil(left ?? 0))}
    </Modal>
  );
}
