import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect, useId } from 'react';
import { Dialog } from '../../parts/dialog.tsx';

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
    <Dialog title={title} action={submit} form={id} isPending={isPending} error={error} onClose={onClose}>
      <form
        id={id}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPending) onSubmit();
        }}
      >
        <SpaceBetween size="m">{children}</SpaceBetween>
      </form>
    </Dialog>
  );
}
