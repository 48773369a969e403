import DateInput from '@cloudscape-design/components/date-input';
import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import TimeInput from '@cloudscape-design/components/time-input';
import type { ReactNode } from 'react';
import { fieldProblem } from '../../parts/problem-words.ts';
import { campaignTexts } from '../../texts/campaigns.ts';
import { type Field as FieldName, problemsOf, type Terms, warningsOf } from './terms-form.ts';

const texts = campaignTexts.form;

export interface TermsProps {
  readonly terms: Terms;
  readonly onChange: (terms: Terms) => void;
  /** Whether what is missing is said. */
  readonly isTried: boolean;
  readonly isNew: boolean;
  readonly error: Error | null;
}

/** The name of each field in the API, by which it says what is wrong. */
const PARAMS: Partial<Record<FieldName, string>> = {
  name: 'name',
  currency: 'currency',
  amount: 'amount',
  least: 'min_amount',
  most: 'max_amount',
  budget: 'budget',
  product: 'product_id',
  countries: 'countries',
  startDay: 'starts_at',
  endDay: 'ends_at',
  payoutsMax: 'max_payouts',
  dailyBudget: 'daily_budget',
  dailyPayouts: 'daily_max_payouts',
};

/** Whether a refusal is shown beside its field. */
export function isShownAtField(error: Error | null): boolean {
  return Object.values(PARAMS).some((param) => fieldProblem(error, param));
}

interface FieldProps extends TermsProps {
  readonly name: FieldName;
  readonly label: string;
  readonly hint?: string;
  readonly children: ReactNode;
}

/** A field with what is wrong about it: what is seen here, or what the API says. */
export function Field({ terms, isTried, error, name, label, hint, children }: FieldProps) {
  const seen = isTried ? problemsOf(terms)[name] : undefined;
  const said = fieldProblem(error, PARAMS[name] ?? name);
  const warning = warningsOf(terms, Date.now())[name];
  return (
    <FormField
      label={label}
      constraintText={hint}
      errorText={seen ? texts[seen] : said}
      warningText={warning && texts[warning]}
    >
      {children}
    </FormField>
  );
}

type TextName = { [Name in FieldName]: Terms[Name] extends string ? Name : never }[FieldName];

interface TextFieldProps extends TermsProps {
  readonly name: TextName;
  readonly label: string;
  readonly hint?: string;
  readonly inputMode?: InputProps.InputMode;
  /** Its currency is in its label. */
  readonly isMoney?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { name, label, terms, onChange, inputMode, isMoney } = props;
  return (
    <Field {...props} label={isMoney ? `${label} (${terms.currency})` : label}>
      <Input
        value={terms[name]}
        inputMode={inputMode}
        autoComplete={false}
        onChange={({ detail }) => onChange({ ...terms, [name]: detail.value })}
      />
    </Field>
  );
}

interface MomentFieldProps extends TermsProps {
  readonly day: 'startDay' | 'endDay';
  readonly time: 'startTime' | 'endTime';
  readonly words: { readonly day: string; readonly time: string; readonly hint: string };
}

/** A day and a time of the reader's zone. */
export function MomentField(props: MomentFieldProps) {
  const { day, time, words, terms, onChange } = props;
  return (
    <div className="moment">
      <Field {...props} name={day} label={words.day} hint={words.hint}>
        <DateInput
          value={terms[day]}
          format="iso"
          placeholder="YYYY-MM-DD"
          onChange={({ detail }) => onChange({ ...terms, [day]: detail.value })}
        />
      </Field>
      <FormField label={words.time}>
        <TimeInput
          value={terms[time]}
          format="hh:mm"
          placeholder="hh:mm"
          onChange={({ detail }) => onChange({ ...terms, [time]: detail.value })}
        />
      </FormField>
    </div>
  );
}
