import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import Multiselect from '@cloudscape-design/components/multiselect';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRead } from '../../api/queries.ts';
import { productLabels } from '../../parts/product-labels.ts';
import { campaignTexts } from '../../texts/campaigns.ts';
import { Field, MomentField, type TermsProps, TextField } from './terms-field.tsx';
import { CURRENCIES, type Terms } from './terms-form.ts';
import { Rules } from './terms-rules.tsx';

const texts = campaignTexts.form;

/** What a campaign may pay, in the order in which somebody thinks of it. */
export function TermsFields(props: TermsProps) {
  const { payoutsMax, dailyBudget, dailyPayouts } = props.terms;
  const isLimited = `${payoutsMax}${dailyBudget}${dailyPayouts}`.trim() !== '';
  return (
    <SpaceBetween size="l">
      <What {...props} />
      <Who {...props} />
      <Rules {...props} />
      <ExpandableSection
        variant="container"
        headerText={texts.caps}
        headerDescription={texts.capsHint}
        defaultExpanded={isLimited}
      >
        <ColumnLayout columns={3}>
          <TextField {...props} name="payoutsMax" label={texts.payoutsMax} inputMode="numeric" />
          <TextField {...props} name="dailyBudget" label={texts.dailyBudget} inputMode="decimal" isMoney />
          <TextField {...props} name="dailyPayouts" label={texts.dailyPayouts} inputMode="numeric" />
        </ColumnLayout>
      </ExpandableSection>
    </SpaceBetween>
  );
}

function What(props: TermsProps) {
  const { terms, onChange, isNew } = props;
  const currencies = CURRENCIES.map((value) => ({ value }));
  return (
    <Container header={<Header variant="h2">{texts.what}</Header>}>
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          <TextField {...props} name="name" label={campaignTexts.name} hint={texts.nameHint} />
          <Field {...props} name="currency" label={texts.currency} hint={texts.currencyHint}>
            <Select
              selectedOption={currencies.find(({ value }) => value === terms.currency) ?? null}
              options={currencies}
              disabled={!isNew}
              onChange={({ detail }) =>
                onChange({ ...terms, currency: detail.selectedOption.value ?? 'USD', product: '', countries: [] })
              }
            />
          </Field>
        </ColumnLayout>
        <Field {...props} name="kind" label={texts.kind}>
          <RadioGroup
            value={terms.kind}
            items={[
              { value: 'fixed', label: texts.fixed },
              { value: 'range', label: texts.range },
            ]}
            onChange={({ detail }) => onChange({ ...terms, kind: detail.value as Terms['kind'] })}
          />
        </Field>
        <ColumnLayout columns={2}>
          {terms.kind === 'fixed' ? (
            <TextField {...props} name="amount" label={texts.amount} inputMode="decimal" isMoney />
          ) : (
            <SpaceBetween size="m">
              <TextField {...props} name="least" label={texts.least} inputMode="decimal" isMoney />
              <TextField {...props} name="most" label={texts.most} inputMode="decimal" isMoney />
            </SpaceBetween>
          )}
          <TextField
            {...props}
            name="budget"
            label={texts.budget}
            hint={texts.budgetHint}
            inputMode="decimal"
            isMoney
          />
        </ColumnLayout>
        <ProductField {...props} />
      </SpaceBetween>
    </Container>
  );
}

function ProductField(props: TermsProps) {
  const { terms, onChange } = props;
  const products = useRead('listProducts');
  const sold = (products.data?.data ?? []).filter(
    ({ currency, target }) => currency === terms.currency && target.type === 'phone',
  );
  const options = [
    { value: '', label: campaignTexts.anyProduct },
    ...[...productLabels(sold)].map(([id, label]) => ({ value: String(id), label })),
  ];
  return (
    <Field {...props} name="product" label={texts.product}>
      <Select
        selectedOption={options.find(({ value }) => value === terms.product) ?? null}
        options={options}
        onChange={({ detail }) => onChange({ ...terms, product: detail.selectedOption.value ?? '' })}
      />
    </Field>
  );
}

function Who(props: TermsProps) {
  const { terms, onChange } = props;
  const countries = Object.entries(texts.countryWords).map(([value, label]) => ({ value, label }));
  return (
    <Container header={<Header variant="h2">{texts.who}</Header>}>
      <SpaceBetween size="m">
        <Field {...props} name="countries" label={texts.countries} hint={texts.countriesHint}>
          <Multiselect
            selectedOptions={countries.filter(({ value }) => terms.countries.includes(value))}
            options={countries}
            onChange={({ detail }) =>
              onChange({ ...terms, countries: detail.selectedOptions.map(({ value = '' }) => value) })
            }
          />
        </Field>
        <ColumnLayout columns={2}>
          <MomentField {...props} day="startDay" time="startTime" words={texts.starting} />
          <MomentField {...props} day="endDay" time="endTime" words={texts.ending} />
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}
