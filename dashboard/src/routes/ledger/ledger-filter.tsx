import Button from '@cloudscape-design/components/button';
import DateInput from '@cloudscape-design/components/date-input';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { CURRENCIES } from '../../parts/money-text.ts';
import { useUrlSearch } from '../../parts/use-search.ts';
import { ledgerTexts as texts } from '../../texts/ledger.ts';
import { partTexts } from '../../texts/parts.ts';

const NAMES = ['currency', 'kind', 'from', 'to'] as const;
const CURRENCY_OPTIONS = CURRENCIES.map((value) => ({ value, label: value }));
const KIND_OPTIONS = Object.entries(texts.kindWords).map(([value, label]) => ({ value, label }));

/** What the address says of which entries are meant. */
export function useLedgerFilter() {
  const [search, change] = useUrlSearch();
  const values = Object.fromEntries(NAMES.flatMap((name) => (search[name] ? [[name, search[name]]] : [])));
  return {
    values: values as Readonly<Partial<Record<(typeof NAMES)[number], string>>>,
    change,
    isFiltered: Object.keys(values).length > 0,
    clear: () => change(Object.fromEntries(NAMES.map((name) => [name, undefined]))),
  };
}

/** Four questions are quicker answered by four fields than by a filter of any property, and cost less to load. */
export function LedgerFilter({ filter }: { readonly filter: ReturnType<typeof useLedgerFilter> }) {
  const { values, change, isFiltered, clear } = filter;
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="end">
      <Choice
        label={texts.currency}
        all={texts.allCurrencies}
        options={CURRENCY_OPTIONS}
        value={values.currency}
        onChange={(currency) => change({ currency })}
      />
      <Choice
        label={texts.kind}
        all={texts.allKinds}
        options={KIND_OPTIONS}
        value={values.kind}
        onChange={(kind) => change({ kind })}
      />
      <Day label={texts.from} value={values.from} onChange={(from) => change({ from })} />
      <Day label={texts.to} value={values.to} onChange={(to) => change({ to })} />
      {isFiltered && <Button onClick={clear}>{partTexts.clearFilter}</Button>}
    </SpaceBetween>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}

function Choice({ label, all, options, value = '', onChange }: ChoiceProps) {
  const offered = [{ value: '', label: all }, ...options];
  return (
    <FormField label={label}>
      <Select
        selectedOption={offered.find((each) => each.value === value) ?? { value, label: value }}
        options={offered}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A date while it is typed; it narrows the list once it is whole. */
function Day({ label, value = '', onChange }: DayProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <FormField label={label}>
      <DateInput
        value={typed}
        format="iso"
        placeholder="2026-05-07"
        onChange={({ detail }) => {
          setTyped(detail.value);
          const isWhole = /^\d{4}-\d{2}-\d{2}$/.test(detail.value) && !Number.isNaN(Date.parse(detail.value));
          if (isWhole || detail.value === '') onChange(detail.value);
        }}
      />
    </FormField>
  );
}
