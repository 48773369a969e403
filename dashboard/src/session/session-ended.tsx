import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import { sessionTexts as texts } from '../texts/session.ts';
import { signIn } from './oidc.ts';

/** Over a page whose session has ended: its forms are below it, and their drafts are kept. */
export function SessionEnded() {
  return (
    <Modal
      visible
      header={texts.endedTitle}
      onDismiss={() => signIn()}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={() => signIn()}>
            {texts.signInAgain}
          </Button>
        </Box>
      }
    >
      {texts.endedText}
    </Modal>
  );
}
