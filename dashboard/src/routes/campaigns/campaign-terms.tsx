import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useRead } from '../../api/queries.ts';
import { AppLink } from '../../parts/app-link.tsx';
import { By } from '../../parts/by.tsx';
import { Copy } from '../../parts/copy.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { productLabels } from '../../parts/product-labels.ts';
import { When } from '../../parts/when.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import { wordFor } from '../../texts/language.ts';
import { CampaignState } from './campaign-state.tsx';
import type { Campaign } from './state-of.ts';

export function CampaignTerms({ campaign }: { readonly campaign: Campaign }) {
  const { may } = useChosen();
  const products = useRead('listProducts', {}, { enabled: campaign.product_id !== null });
  const product = productLabels(products.data?.data ?? []).get(campaign.product_id ?? 0) ?? campaign.product_id;
  const yesNo = (is: boolean) => (is ? texts.yes : texts.no);
  return (
    <Container header={<Header variant="h2">{texts.terms}</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          {
            label: texts.state,
            value: (
              <span role="status">
                <CampaignState campaign={campaign} />
              </span>
            ),
          },
          { label: texts.amount, value: <span className="money">{amountText(campaign)}</span> },
          { label: texts.currency, value: campaign.currency },
          { label: texts.product, value: product ?? texts.anyProduct },
          { label: texts.countries, value: countriesText(campaign) },
          { label: texts.starts, value: campaign.starts_at ? <When at={campaign.starts_at} /> : texts.atOnce },
          { label: texts.ends, value: campaign.ends_at ? <When at={campaign.ends_at} /> : texts.noEnd },
          { label: texts.oncePerNumber, value: yesNo(campaign.one_per_number) },
          { label: texts.retryFailed, value: yesNo(campaign.retry_failed) },
          { label: texts.requireTimestamp, value: yesNo(campaign.require_timestamp) },
          { label: texts.allowApiKey, value: yesNo(campaign.allow_api_key) },
          { label: texts.id, value: <Copy text={campaign.id} what={texts.id} /> },
          { label: texts.created, value: <When at={campaign.created_at} /> },
          { label: texts.by, value: <By actor={campaign.created_by} /> },
          ...(may('orders:read')
            ? [
                {
                  label: texts.orders,
                  value: <AppLink to={`/orders?campaign_id=${campaign.id}`}>{texts.showOrders}</AppLink>,
                },
              ]
            : []),
          ...campaign.retiring_secrets_until.map((at) => ({ label: texts.retiring, value: <When at={at} /> })),
        ]}
      />
    </Container>
  );
}

function amountText({ amount, min_amount, max_amount, currency }: Campaign): string {
  if (amount != null) return moneyText(amount, currency);
  if (min_amount == null || max_amount == null) return '–';
  return texts.between(moneyText(min_amount, currency), moneyText(max_amount, currency));
}

function countriesText({ countries }: Campaign): string {
  if (countries.length === 0) return texts.everyCountry;
  return countries.map((country) => wordFor(texts.form.countryWords, country)).join(', ');
}
