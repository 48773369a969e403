import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect, useId } from 'react';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { walletTexts as texts } from '../../texts/wallet.ts';

interface FormDialogProps {
  readonly title: string;
  readonly submit: string;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A small form over the page. The Enter key sends it; while it is under way it is not sent again. */
export function FormDialog({ title, submit, isPending, error, onSubmit, onClose, children }: FormDialogProps) {
  const id = useId();
  // The component gives the focus to its closing button; who opens a form wants to type.
  useEffect(() => {
    const timer = setTimeout(() => document.getElementById(id)?.querySelector('input')?.focus());
    return () => clearTimeout(timer);
  }, [id]);
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              {texts.cancel}
            </Button>
            <Button variant="primary" loading={isPending} form={id}>
              {submit}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        id={id}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPending) onSubmit();
        }}
      >
        <SpaceBetween size="m">
          {children}
          {error && <ProblemAlert error={error} />}
        </SpaceBetween>
      </form>
    </Modal>
  );
}
