import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Product } from '../../../../sdk/typescript/src/api.ts';
import { moneyText } from '../../parts/money-text.ts';
import { NumberInput } from '../../parts/number-input.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { productLabels } from '../../parts/product-labels.ts';
import { useChosen } from '../../session/chosen.tsx';
import { sendTexts as texts } from '../../texts/send.ts';
import { amountProblem } from './amount-problem.ts';
import type { OrderFields } from './kept-order.ts';
import { useBalance } from './use-balance.ts';
import { type Target, useTarget } from './use-target.ts';

/** What is typed, as it is typed. */
export const NOTHING_TYPED = { number: '', country: 'ZW', productId: 0, amount: '', message: '' };
export type Typed = typeof NOTHING_TYPED;

/** What can be confirmed. */
export interface Ready {
  readonly order: OrderFields;
  readonly product: Product;
  readonly network: string;
  readonly holder: string | undefined;
}

const MESSAGE_CHARACTERS_MAX = 135;

interface SendFormProps {
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
  readonly onReview: (ready: Ready) => void;
}

/** Whoever types a number sees what it is, what can be sent to it and how much, before anything is sent. */
export function SendForm({ typed, onType, onReview }: SendFormProps) {
  const [isTried, setIsTried] = useState(false);
  const [amountTriedOf, setAmountTriedOf] = useState<number>();
  const form = useRef<HTMLDivElement>(null);
  const found = useTarget(typed.number, typed.country);
  const target = found.target;
  const product = productOf(target, typed.productId);
  const problems = {
    number:
      found.problem ??
      (typed.number.trim() === '' ? texts.problems.number : target ? undefined : texts.problems.notFound),
    product: product ? undefined : texts.problems.product,
    amount: product && amountProblem(typed.amount.trim(), product),
  };
  const ready = readyOf(typed, target, product);
  const change = (part: Partial<Typed>) => onType({ ...typed, ...part });

  useEffect(() => {
    if (isTried) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    // Only when it was tried: not while somebody types.
  }, [isTried]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !problems.number && !problems.amount) return onReview(ready);
    setAmountTriedOf(product?.id);
    setIsTried(false);
    requestAnimationFrame(() => setIsTried(true));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          <Button variant="primary" formAction="submit">
            {texts.review}
          </Button>
        }
      >
        <div ref={form}>
          <SpaceBetween size="l">
            <Container header={<Header variant="h2">{texts.toWhom}</Header>}>
              <ToWhom typed={typed} found={found} change={change} problem={isTried ? problems.number : found.problem} />
            </Container>
            {target && (
              <Container header={<Header variant="h2">{texts.what}</Header>}>
                <What
                  {...{ typed, target, product, change }}
                  productProblem={isTried ? problems.product : undefined}
                  amountProblem={product && amountTriedOf === product.id ? problems.amount : undefined}
                  onAmountLeft={() => setAmountTriedOf(product?.id)}
                />
              </Container>
            )}
          </SpaceBetween>
        </div>
      </Form>
    </form>
  );
}

function productOf(target: Target | undefined, id: number): Product | undefined {
  const sold = target?.products.filter(({ available }) => available);
  return sold?.find((each) => each.id === id) ?? sold?.[0];
}

function readyOf(typed: Typed, target: Target | undefined, product: Product | undefined): Ready | undefined {
  if (!target || !product) return undefined;
  const message = target.type === 'phone' ? typed.message.trim() : '';
  const order = {
    product_id: product.id,
    // In full, so that no country has to be guessed again.
    target: target.target,
    amount: typed.amount.trim(),
    ...(message ? { custom_sms: message } : {}),
  };
  return { order, product, network: target.network, holder: target.holder?.name };
}

interface ToWhomProps {
  readonly typed: Typed;
  readonly found: ReturnType<typeof useTarget>;
  readonly change: (part: Partial<Typed>) => void;
  readonly problem: string | undefined;
}

function ToWhom({ typed, found, change, problem }: ToWhomProps) {
  const { mode } = useChosen();
  const countries = Object.entries(texts.countries).map(([value, label]) => ({ value, label }));
  return (
    <SpaceBetween size="m">
      <ColumnLayout columns={2}>
        <FormField
          label={texts.number}
          constraintText={mode === 'test' ? texts.testNumberHint : texts.numberHint}
          errorText={problem}
        >
          <NumberInput value={typed.number} onChange={(number) => change({ number })} />
        </FormField>
        <FormField label={texts.country} constraintText={texts.countryHint}>
          <Select
            options={countries}
            selectedOption={countries.find(({ value }) => value === typed.country) ?? null}
            onChange={({ detail }) => change({ country: detail.selectedOption.value ?? 'ZW' })}
          />
        </FormField>
      </ColumnLayout>
      <div role="status">{found.isLooking ? texts.lookingUp : found.target && <Found target={found.target} />}</div>
      {found.error && <ProblemAlert error={found.error} onRetry={found.retry} />}
    </SpaceBetween>
  );
}

function Found({ target }: { readonly target: Target }) {
  const { network, country, holder } = target;
  const place = (texts.countries as Readonly<Record<string, string>>)[country] ?? country;
  return (
    <>
      <div>
        <b>{target.target}</b> · {network} · {place}
      </div>
      {!target.network_is_certain && target.type === 'phone' && <div>{texts.portable}</div>}
      {holder && (
        <div>
          {texts.holder(holder.name)} {holder.address} {holder.masked && texts.masked}
        </div>
      )}
    </>
  );
}

interface WhatProps {
  readonly typed: Typed;
  readonly target: Target;
  readonly product: Product | undefined;
  readonly change: (part: Partial<Typed>) => void;
  readonly productProblem: string | undefined;
  readonly amountProblem: string | undefined;
  readonly onAmountLeft: () => void;
}

function What({ typed, target, product, change, productProblem, amountProblem, onAmountLeft }: WhatProps) {
  const labels = productLabels(target.products);
  const options = target.products.map(({ id, name, min, max, currency, available }) => ({
    value: String(id),
    label: labels.get(id) ?? name,
    description: available ? rangeText(moneyText(min, currency), moneyText(max, currency)) : texts.notSold,
    disabled: !available,
  }));
  return (
    <SpaceBetween size="m">
      <ColumnLayout columns={2}>
        <FormField label={texts.product} errorText={productProblem}>
          <Select
            options={options}
            selectedOption={options.find(({ value }) => value === String(product?.id)) ?? null}
            placeholder={texts.chooseProduct}
            empty={texts.noProducts}
            onChange={({ detail }) =>
              change({
                productId: Number(detail.selectedOption.value),
                amount: onlyAmount(target, detail.selectedOption.value),
              })
            }
          />
        </FormField>
        {product && <Amount {...{ typed, product, change }} problem={amountProblem} onLeft={onAmountLeft} />}
      </ColumnLayout>
      {target.type === 'phone' && (
        <FormField
          label={texts.message}
          description={texts.messageHint(MESSAGE_CHARACTERS_MAX - typed.message.length)}
          stretch
        >
          <Textarea
            value={typed.message}
            rows={2}
            onChange={({ detail }) => change({ message: detail.value.slice(0, MESSAGE_CHARACTERS_MAX) })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}

function rangeText(least: string, most: string): string {
  return least === most ? least : texts.range(least, most);
}

/** Of what is sold in one amount, that one. */
function onlyAmount({ products }: Target, productId: string | undefined): string {
  const { denominations = [] } = products.find(({ id }) => String(id) === productId) ?? {};
  return denominations.length === 1 ? String(denominations[0]) : '';
}

interface AmountProps {
  readonly typed: Typed;
  readonly product: Product;
  readonly change: (part: Partial<Typed>) => void;
  readonly problem: string | undefined;
  readonly onLeft: () => void;
}

function Amount({ typed, product, change, problem, onLeft }: AmountProps) {
  const { denominations, currency, min, max, step } = product;
  const { balance, isShort } = useBalance(currency, typed.amount.trim());
  const hint = balance === undefined ? '' : texts.balance(balance);
  const label = `${texts.amount} (${currency})`;
  const warning = isShort ? texts.uncovered : undefined;
  if (denominations) {
    const options = denominations.map((each) => ({ value: String(each), label: moneyText(each, currency) }));
    return (
      <FormField label={label} constraintText={hint} errorText={problem} warningText={warning}>
        <Select
          options={options}
          selectedOption={options.find(({ value }) => value === typed.amount) ?? null}
          placeholder={texts.chooseAmount}
          onChange={({ detail }) => change({ amount: detail.selectedOption.value ?? '' })}
          onBlur={onLeft}
        />
      </FormField>
    );
  }
  const limits = texts.limits(moneyText(min, currency), moneyText(max, currency));
  const steps = step === undefined ? '' : texts.steps(moneyText(step, currency));
  return (
    <FormField label={label} constraintText={`${limits} ${steps} ${hint}`} errorText={problem} warningText={warning}>
      <Input
        value={typed.amount}
        inputMode="decimal"
        autoComplete={false}
        onChange={({ detail }) => change({ amount: detail.value })}
        onBlur={onLeft}
      />
    </FormField>
  );
}
