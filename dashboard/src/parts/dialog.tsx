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
  /** What the button is called that gives up. */
  readonly back?: string;
  /** The id of the form that the button submits, instead of `onAction`. */
  readonly form?: string;
  readonly size?: ModalProps.Size;
  readonly children: ReactNode;
}

/**
 * A question before something is changed, and what the API answers where it refuses. Rendered while it is open. A press
 * beside it does not close it, as the second of a double click would, and nothing does while its act is under way: what
 * comes of that is shown in it.
 */
export function Dialog({
  title,
  onClose,
  action,
  onAction,
  isPending,
  isDisabled,
  isDone,
  error,
  back = texts.cancel,
  form,
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
      onDismiss={({ detail }) => !isPending && detail.reason !== 'overlay' && onClose()}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button ref={closer} variant={action ? 'link' : 'primary'} disabled={isPending ?? false} onClick={onClose}>
              {action && !isDone ? back : texts.close}
            </Button>
            {action && (
              <Button
                variant="primary"
                loading={isPending ?? false}
                disabled={isDisabled ?? false}
                onClick={onAction}
                {...(form ? { form } : {})}
              >
                {action}
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {children}
        {error && (
          <div role="alert">
            <ProblemAlert error={error} />
          </div>
        )}
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
