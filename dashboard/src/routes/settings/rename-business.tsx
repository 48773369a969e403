import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange } from '../../api/queries.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { fieldProblem } from '../../parts/problem-words.ts';
import { settingsTexts } from '../../texts/settings.ts';

const texts = settingsTexts.business;

interface RenameBusinessProps {
  readonly name: string;
  readonly onClose: () => void;
}

/** The same name again changes nothing, so it may be repeated. */
export function RenameBusiness({ name: before, onClose }: RenameBusinessProps) {
  const client = useQueryClient();
  const [name, setName] = useState(before);
  const change = useChange('updateAccount');
  const isNamed = name.trim() !== '';
  const problem = isNamed ? fieldProblem(change.error, 'name') : texts.noName;
  const submit = () => {
    if (!isNamed || change.isPending) return;
    // The name is in the frame of every page, too.
    const onSuccess = () => client.invalidateQueries({ queryKey: ['me'] }).then(onClose);
    change.mutate({ body: { name: name.trim() } }, { onSuccess });
  };
  return (
    <Dialog
      title={texts.renameTitle}
      onClose={onClose}
      action={texts.save}
      onAction={submit}
      isPending={change.isPending}
      isDisabled={!isNamed}
      error={fieldProblem(change.error, 'name') ? null : change.error}
    >
      <Box>{texts.renameText}</Box>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <FormField label={texts.name} description={texts.renameHint} errorText={problem} stretch>
          <Input value={name} autoFocus autoComplete="organization" onChange={({ detail }) => setName(detail.value)} />
        </FormField>
      </form>
    </Dialog>
  );
}
