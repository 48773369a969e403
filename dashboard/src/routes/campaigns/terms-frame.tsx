import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { partTexts } from '../../texts/parts.ts';
import type { TermsProps } from './terms-field.tsx';
import { TermsFields } from './terms-fields.tsx';
import { problemsOf } from './terms-form.ts';

interface TermsFrameProps extends Omit<TermsProps, 'isTried'> {
  readonly action: string;
  readonly isPending: boolean;
  readonly problem: ReactNode;
  readonly onSubmit: () => void;
  readonly onCancel: () => void;
}

/** The form of terms. Who submits it with something missing is led there. */
export function TermsFrame({ action, isPending, problem, onSubmit, onCancel, ...props }: TermsFrameProps) {
  const [tries, setTries] = useState(0);
  const fields = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (tries > 0) fields.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isPending) return;
        if (Object.keys(problemsOf(props.terms)).length === 0) onSubmit();
        else setTries(tries + 1);
      }}
    >
      <Form
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={onCancel}>
              {partTexts.cancel}
            </Button>
            <Button variant="primary" loading={isPending}>
              {action}
            </Button>
          </SpaceBetween>
        }
      >
        <div ref={fields}>
          <SpaceBetween size="l">
            <TermsFields {...props} isTried={tries > 0} />
            {problem}
          </SpaceBetween>
        </div>
      </Form>
    </form>
  );
}
