import { moneyText } from './money-text.ts';

interface MoneyProps {
  readonly amount: number | string | null | undefined;
  readonly currency: string;
}

export function Money({ amount, currency }: MoneyProps) {
  if (amount === null || amount === undefined) return <>–</>;
  return <span className="money">{moneyText(amount, currency)}</span>;
}
