import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { whyNoAmount } from '../../parts/money-text.ts';
import { walletTexts as texts } from '../../texts/wallet.ts';

interface CurrencyFieldProps {
  readonly currencies: readonly string[];
  readonly value: string;
  readonly onChange: (currency: string) => void;
}

export function CurrencyField({ currencies, value, onChange }: CurrencyFieldProps) {
  return (
    <FormField label={texts.currency}>
      <Select
        selectedOption={{ value, label: value }}
        options={currencies.map((each) => ({ value: each, label: each }))}
        onChange={({ detail }) => onChange(detail.selectedOption.value ?? value)}
      />
    </FormField>
  );
}

interface AmountFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly currency: string;
  readonly value: string;
  /** Set once somebody has tried to send it. */
  readonly isWrong: boolean;
  readonly onChange: (amount: string) => void;
}

/** An amount stays the text that was typed: nothing is calculated with it here. */
export function AmountField({ label, hint, currency, value, isWrong, onChange }: AmountFieldProps) {
  return (
    <FormField
      label={`${label} (${currency})`}
      description={hint ?? texts.amountHint}
      errorText={isWrong && problemText(value, currency)}
    >
      <Input
        value={value}
        inputMode="decimal"
        autoComplete={false}
        onChange={({ detail }) => onChange(detail.value.trim())}
      />
    </FormField>
  );
}

function problemText(value: string, currency: string): string {
  const why = whyNoAmount(value, currency) ?? 'form';
  const text = texts.notAnAmount[why];
  return typeof text === 'string' ? text : text(currency);
}
