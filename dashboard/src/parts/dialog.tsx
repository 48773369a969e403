import Box from '@cloudscape-design/components/box';
import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import Modal, { type ModalProps } from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { partTexts as texts } from '../texts/parts.ts';
import { ProblemAlert } from './problem-alert.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** What the button does, in a word or two. Without it there is only one that closes. */
  readonly action?: string;
  readonly onAction?: () => void;
  readonly isPending?: boolean;
  readonly isDisabled?: boolean;
  /** Whether it was done, so that there is nothing to give up any more. */
  readonly isDone?: boolean;
  readonly error?: Error | null;
  readonly size?: ModalProps.Size;
  readonly children: ReactNode;
}

/** A question before something is changed, and what the API answers where it refuses. Rendered while it is open. */
export function Dialog({
  title,
  onClose,
  action,
  onAction,
  isPending,
  isDisabled,
  isDone,
  error,
  size,
  children,
}: DialogProps) {
  const closer = useRef<ButtonProps.Ref>(null);
  useKeptFocus(closer);
  return (
    <Modal
      visible
      header={title}
      size={size ?? 'medium'}
      onDismiss={() => !isPending && onClose()}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button ref={closer} variant={action ? 'link' : 'primary'} disabled={isPending ?? false} onClick={onClose}>
              {action && !isDone ? texts.cancel : texts.close}
            </Button>
            {action && (
              <Button variant="primary" loading={isPending ?? false} disabled={isDisabled ?? false} onClick={onAction}>
                {action}
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        {error && <ProblemAlert error={error} />}
      </SpaceBetween>
    </Modal>
  );
}

/** Where what had the focus is gone after an answer, it is at the button that closes: the keyboard never falls out. */
function useKeptFocus(closer: RefObject<ButtonProps.Ref | null>): void {
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current && document.activeElement === document.body) closer.current?.focus();
    isFirst.current = false;
  });
}
