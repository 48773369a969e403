import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { useChosen } from '../../session/chosen.tsx';

/** What an order is part of, by its name once that is read. */

export function BatchLink({ id }: { readonly id: string }) {
  const batch = useRead('getBulk', { path: { batch_id: id } });
  return <AppLink to={`/bulk/${id}`}>{batch.data?.batch_reference ?? id}</AppLink>;
}

export function CampaignLink({ id }: { readonly id: string }) {
  const { may } = useChosen();
  const mayRead = may('campaigns:read');
  const campaign = useRead('getCampaign', { path: { campaign_id: id } }, { enabled: mayRead });
  return mayRead ? <AppLink to={`/campaigns/${id}`}>{campaign.data?.name ?? id}</AppLink> : id;
}
