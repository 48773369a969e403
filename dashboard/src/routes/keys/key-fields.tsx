import Checkbox from '@cloudscape-design/components/checkbox';
import DateInput from '@cloudscape-design/components/date-input';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { DocsLink } from '../../parts/docs-link.tsx';
import { fieldProblem } from '../../parts/problem-words.ts';
import { keyTexts as texts } from '../../texts/keys.ts';
import { expiryOf, type KeyForm } from './new-key.ts';

interface KeyFieldsProps {
  readonly form: KeyForm;
  readonly onChange: (form: KeyForm) => void;
  /** The scopes of whoever makes it. */
  readonly mayGive: readonly string[];
  /** Whether what is missing is said. */
  readonly isTried: boolean;
  readonly error: Error | null;
}

export function KeyFields(props: KeyFieldsProps) {
  const { form, onChange, isTried, error } = props;
  const nameProblem = isTried && form.name.trim() === '' ? texts.noName : fieldProblem(error, 'name');
  return (
    <SpaceBetween size="l">
      <FormField label={texts.name} description={texts.nameHint} errorText={nameProblem}>
        <Input value={form.name} onChange={({ detail }) => onChange({ ...form, name: detail.value })} />
      </FormField>
      <Scopes {...props} />
      <Expiry {...props} />
      <FormField label={texts.ranges} description={texts.rangesHint} errorText={fieldProblem(error, 'allowed_ranges')}>
        <Textarea
          value={form.ranges}
          rows={3}
          spellcheck={false}
          placeholder={texts.rangesPlaceholder}
          onChange={({ detail }) => onChange({ ...form, ranges: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function Scopes({ form, onChange, mayGive, isTried, error }: KeyFieldsProps) {
  const problem = isTried && form.scopes.length === 0 ? texts.noScope : fieldProblem(error, 'scopes');
  const offered = Object.entries(texts.scopeWords).filter(([scope]) => mayGive.includes(scope));
  const toggle = (scope: string, checked: boolean) =>
    onChange({ ...form, scopes: [...form.scopes.filter((each) => each !== scope), ...(checked ? [scope] : [])] });
  return (
    <FormField
      label={texts.scopes}
      description={
        <>
          {texts.scopesHint} <DocsLink to="keys#scopes">{texts.scopesMore}</DocsLink>
        </>
      }
      errorText={problem}
      stretch
    >
      <fieldset className="choices">
        <legend>{texts.scopes}</legend>
        {offered.map(([scope, words]) => (
          <Checkbox
            key={scope}
            checked={form.scopes.includes(scope)}
            description={words}
            onChange={({ detail }) => toggle(scope, detail.checked)}
          >
            {scope}
          </Checkbox>
        ))}
      </fieldset>
    </FormField>
  );
}

function Expiry({ form, onChange, isTried, error }: KeyFieldsProps) {
  const choices = Object.entries(texts.expiryChoices).map(([value, label]) => ({ value, label }));
  const isDay = form.expiry === 'date';
  const isBad = isTried && expiryOf(form, Date.now()) === null;
  return (
    <SpaceBetween size="xs">
      <FormField
        label={texts.expires}
        description={texts.expiryHint}
        errorText={isDay ? undefined : fieldProblem(error, 'expires_at')}
      >
        <Select
          selectedOption={choices.find(({ value }) => value === form.expiry) ?? null}
          options={choices}
          onChange={({ detail }) => onChange({ ...form, expiry: detail.selectedOption.value ?? 'never' })}
        />
      </FormField>
      {isDay && (
        <FormField label={texts.expiryDay} errorText={isBad ? texts.badDay : fieldProblem(error, 'expires_at')}>
          <DateInput
            value={form.day}
            format="iso"
            placeholder="YYYY-MM-DD"
            onChange={({ detail }) => onChange({ ...form, day: detail.value })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
