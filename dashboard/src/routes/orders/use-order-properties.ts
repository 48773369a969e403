import { useState } from 'react';
import { useRead } from '../../api/queries.ts';
import type { FilterProperty } from '../../parts/filter.tsx';
import { productLabels } from '../../parts/product-labels.ts';
import { recentDays } from '../../parts/recent-days.ts';
import { useMakers } from '../../parts/use-makers.ts';
import { useUrlSearch } from '../../parts/use-search.ts';
import { useChosen } from '../../session/chosen.tsx';
import { orderTexts as texts } from '../../texts/orders.ts';

/** For how long names are taken as current. */
const NAMES_MS = 60_000;
const CHOICES_MAX = 100;

/**
 * What orders are filtered by. The names of what the URL has are read with the page; the others to choose from when the
 * filter is opened, because they are several lists.
 */
export function useOrderProperties() {
  const [{ batch_id, campaign_id, key_id, member_id, product_id }] = useUrlSearch();
  const [isOpen, setIsOpen] = useState(false);
  const made = useMakers({ keys: isOpen || key_id !== undefined, members: isOpen || member_id !== undefined });
  const products = useRead('listProducts', {}, { enabled: isOpen || product_id !== undefined, staleMs: NAMES_MS });
  const batches = useBatches(isOpen, batch_id);
  const campaigns = useCampaigns(isOpen, campaign_id);
  const named = [...productLabels(products.data?.data ?? [])].map(([id, label]) => ({ value: String(id), label }));
  const statuses = Object.entries(texts.statusWords).map(([value, label]) => ({ value, label }));
  // Any other may be typed.
  const days = recentDays(Date.now()).map((value) => ({ value }));
  const properties: readonly FilterProperty[] = [
    { key: 'status', label: texts.status, plural: texts.statuses, options: statuses },
    { key: 'target', label: texts.number, plural: texts.numbers },
    { key: 'product_id', label: texts.product, plural: texts.products, options: named },
    { key: 'batch_id', label: texts.batch, plural: texts.batches, options: batches },
    { key: 'campaign_id', label: texts.campaign, plural: texts.campaigns, options: campaigns },
    { key: 'key_id', label: texts.byKey, plural: texts.keys, options: made.keys },
    { key: 'member_id', label: texts.byPerson, plural: texts.people, options: made.members },
    { key: 'from', label: texts.from, plural: texts.dates, options: days },
    { key: 'to', label: texts.to, plural: texts.dates, options: days },
    { key: 'reference', label: texts.reference, plural: texts.references },
  ];
  return { properties, onOpen: () => setIsOpen(true) };
}

interface Named {
  readonly value: string;
  readonly label: string;
}

function useBatches(isOpen: boolean, given: string | undefined): readonly Named[] {
  const latest = useRead('listBulk', { query: { limit: CHOICES_MAX } }, { enabled: isOpen, staleMs: NAMES_MS });
  const path = { batch_id: given ?? '' };
  const one = useRead('getBulk', { path }, { enabled: given !== undefined, staleMs: NAMES_MS });
  const all = [...(one.data ? [one.data] : []), ...(latest.data?.data ?? [])];
  return once(all.map(({ id, batch_reference }) => ({ value: id, label: batch_reference })));
}

function useCampaigns(isOpen: boolean, given: string | undefined): readonly Named[] {
  const { may } = useChosen();
  const mayRead = may('campaigns:read');
  const query = { limit: CHOICES_MAX };
  const latest = useRead('listCampaigns', { query }, { enabled: isOpen && mayRead, staleMs: NAMES_MS });
  const path = { campaign_id: given ?? '' };
  const one = useRead('getCampaign', { path }, { enabled: given !== undefined && mayRead, staleMs: NAMES_MS });
  const all = [...(one.data ? [one.data] : []), ...(latest.data?.data ?? [])];
  return once(all.map(({ id, name }) => ({ value: id, label: name })));
}

function once(named: readonly Named[]): readonly Named[] {
  return [...new Map(named.map((each) => [each.value, each])).values()];
}
