import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { isLocal } from '../../config.ts';
import { DocsLink } from '../../parts/docs-link.tsx';
import { fieldProblem } from '../../parts/problem-words.ts';
import { webhookTexts as texts } from '../../texts/webhooks.ts';
import type { EndpointForm } from './endpoint-form.ts';

const ALL = Object.entries(texts.eventWords);

interface EndpointFieldsProps {
  readonly form: EndpointForm;
  readonly onChange: (form: EndpointForm) => void;
  /** Whether what is missing is said. */
  readonly isTried: boolean;
  readonly error: Error | null;
}

export function EndpointFields({ form, onChange, isTried, error }: EndpointFieldsProps) {
  const urlProblem = isTried && form.url.trim() === '' ? texts.noUrl : fieldProblem(error, 'url');
  const eventsProblem =
    isTried && !form.isAll && form.events.length === 0 ? texts.noEvent : fieldProblem(error, 'events');
  const toggle = (type: string, checked: boolean) =>
    onChange({ ...form, events: [...form.events.filter((each) => each !== type), ...(checked ? [type] : [])] });
  return (
    <SpaceBetween size="l">
      <FormField label={texts.url} description={isLocal() ? texts.urlHintHere : texts.urlHint} errorText={urlProblem}>
        <Input
          value={form.url}
          inputMode="url"
          spellcheck={false}
          onChange={({ detail }) => onChange({ ...form, url: detail.value })}
        />
      </FormField>
      <FormField label={texts.about} description={texts.aboutHint} errorText={fieldProblem(error, 'description')}>
        <Input value={form.description} onChange={({ detail }) => onChange({ ...form, description: detail.value })} />
      </FormField>
      <FormField
        label={texts.events}
        description={<DocsLink to="webhooks#what-arrives">{texts.eventsMore}</DocsLink>}
        errorText={eventsProblem}
        stretch
      >
        <RadioGroup
          value={form.isAll ? 'all' : 'some'}
          items={[
            { value: 'all', label: texts.allEvents },
            { value: 'some', label: texts.someEvents },
          ]}
          onChange={({ detail }) => onChange({ ...form, isAll: detail.value === 'all' })}
        />
      </FormField>
      {!form.isAll && (
        <fieldset className="choices">
          <legend>{texts.events}</legend>
          {ALL.map(([type, words]) => (
            <Checkbox
              key={type}
              checked={form.events.includes(type)}
              description={words}
              onChange={({ detail }) => toggle(type, detail.checked)}
            >
              {type}
            </Checkbox>
          ))}
        </fieldset>
      )}
    </SpaceBetween>
  );
}
