import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useRead } from '../../api/queries.ts';
import { useUrlSearch } from '../../parts/use-search.ts';
import { ledgerTexts as texts } from '../../texts/ledger.ts';

/** The wallet that a page is about, as the address says; without that, the first one that there is. */
export function useWallet() {
  const [{ currency }, change] = useUrlSearch();
  const wallets = useRead('getWallet');
  const all = wallets.data?.wallets.map((each): string => each.currency) ?? [];
  return { wallets, all, currency: currency ?? all[0], choose: (chosen: string) => change({ currency: chosen }) };
}

export function WalletSelect({ all, currency = '', choose }: Omit<ReturnType<typeof useWallet>, 'wallets'>) {
  const options = [...new Set([...all, ...(currency ? [currency] : [])])].map((value) => ({ value, label: value }));
  return (
    <FormField label={texts.currency}>
      <Select
        selectedOption={options.find(({ value }) => value === currency) ?? null}
        options={options}
        onChange={({ detail }) => choose(detail.selectedOption.value ?? '')}
      />
    </FormField>
  );
}
