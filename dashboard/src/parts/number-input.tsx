import Autosuggest from '@cloudscape-design/components/autosuggest';
import Input from '@cloudscape-design/components/input';
import { useChosen } from '../session/chosen.tsx';
import { testNumbers, sendTexts as texts } from '../texts/send.ts';

interface NumberInputProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A phone number or a meter. In test mode it offers numbers, and says what each does. */
export function NumberInput({ value, onChange }: NumberInputProps) {
  const { mode } = useChosen();
  const change = ({ detail }: { detail: { value: string } }) => onChange(detail.value);
  if (mode === 'live') return <Input value={value} inputMode="tel" autoComplete={false} onChange={change} />;
  return (
    <Autosuggest
      value={value}
      hideEnteredTextOption
      options={[
        {
          label: texts.testNumbers,
          options: testNumbers.map(([number, description]) => ({ value: number, description })),
        },
      ]}
      onChange={change}
    />
  );
}
