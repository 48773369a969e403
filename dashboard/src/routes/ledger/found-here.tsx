import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Empty } from '../../parts/empty.tsx';
import { moneyText } from '../../parts/money-text.ts';
import { Rows } from '../../parts/rows.tsx';
import { ledgerTexts as texts } from '../../texts/ledger.ts';
import { minorText } from './minor-text.ts';
import { type Finding, isSound } from './verify.ts';

interface FoundProps {
  readonly finding: Finding;
  readonly currency: string;
}

/** What the browser found, in words, and everything that is wrong. */
export function Result({ finding, currency }: FoundProps) {
  const { tail, heads } = finding;
  const isHeld = heads.length > 0;
  if (isSound(finding)) {
    return (
      <Alert type={isHeld ? 'success' : 'info'} header={isHeld ? texts.sound : texts.adds}>
        {texts.soundText(tail.seq.toLocaleString(), moneyText(minorText(tail.balanceMinor, currency), currency))}{' '}
        {isHeld ? texts.soundSigned : texts.unsignedText}
      </Alert>
    );
  }
  return (
    <Alert type="error" header={texts.unsound}>
      <ul>
        {wrongIn(finding).map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      {texts.unsoundText}
    </Alert>
  );
}

function wrongIn({ violation, heads, kept }: Finding): string[] {
  return [
    ...(violation ? [texts.violations[violation.what](violation.seq)] : []),
    ...heads.flatMap(({ day, seq, isSigned, follows, agrees }) => [
      ...(isSigned ? [] : [texts.headNotSigned(day)]),
      ...(follows === false ? [texts.headNotFollowing(day)] : []),
      ...(agrees ? [] : [texts.headNotAgreeing(day, seq)]),
    ]),
    ...(kept && !kept.sameKey ? [texts.otherKey] : []),
    ...(kept && !kept.agrees ? [texts.keptGone(kept.day, kept.seq)] : []),
  ];
}

/** What it was found by: the end of the chain, and the signed heads. */
export function Proof({ finding, currency }: FoundProps) {
  return (
    <SpaceBetween size="l">
      <Heads finding={finding} />
      <Chain finding={finding} currency={currency} />
    </SpaceBetween>
  );
}

function Heads({ finding: { heads, fingerprint, kept, tail } }: { readonly finding: Finding }) {
  const signedTo = heads.at(-1)?.seq ?? 0;
  return (
    <Rows
      items={heads.toReversed()}
      trackBy="day"
      ariaLabels={{ tableLabel: texts.headsTitle }}
      header={
        <Header variant="h2" counter={`(${heads.length})`}>
          {texts.headsTitle}
        </Header>
      }
      empty={<Empty title={texts.headsNone} text={texts.headsNoneText} />}
      footer={
        heads.length > 0 && (
          <SpaceBetween size="xxs">
            <div>
              {texts.key}: <span className="code">{fingerprint}</span>.{' '}
              {kept?.sameKey ? texts.keySame : kept ? texts.otherKey : texts.keyFirst}
            </div>
            {tail.seq > signedTo && <div>{texts.unsigned((tail.seq - signedTo).toLocaleString())}</div>}
          </SpaceBetween>
        )
      }
      columnDefinitions={[
        { id: 'day', header: texts.day, isRowHeader: true, minWidth: 110, cell: ({ day }) => day },
        { id: 'seq', header: texts.upTo, minWidth: 110, cell: ({ seq }) => seq.toLocaleString() },
        { id: 'signature', header: texts.signature, minWidth: 100, cell: ({ isSigned }) => <Mark is={isSigned} /> },
        { id: 'agrees', header: texts.agrees, minWidth: 120, cell: ({ agrees }) => <Mark is={agrees} /> },
        { id: 'follows', header: texts.continues, minWidth: 130, cell: ({ follows }) => <Mark is={follows} /> },
      ]}
    />
  );
}

function Mark({ is }: { readonly is: boolean | undefined }) {
  if (is === undefined) return <StatusIndicator type="info">{texts.first}</StatusIndicator>;
  return <StatusIndicator type={is ? 'success' : 'error'}>{is ? texts.yes : texts.no}</StatusIndicator>;
}

function Chain({ finding: { last, tail, heads }, currency }: FoundProps) {
  const signed = new Set(heads.map(({ seq }) => seq));
  return (
    <Rows
      items={last.map((row, at) => ({ ...row, previous: last[at - 1]?.hash }))}
      trackBy={({ seq, id }) => `${seq} ${id}`}
      ariaLabels={{ tableLabel: texts.chainLabel }}
      header={<Header variant="h2">{texts.chainTitle}</Header>}
      columnDefinitions={[
        {
          id: 'seq',
          header: texts.number,
          isRowHeader: true,
          minWidth: 110,
          cell: ({ seq }) => (
            <StatusIndicator type={seq <= tail.seq ? 'success' : 'error'}>{seq.toLocaleString()}</StatusIndicator>
          ),
        },
        {
          id: 'hash',
          header: texts.hash,
          minWidth: 190,
          cell: ({ seq, hash }) => (
            <>
              <Hash hash={hash} />
              {signed.has(seq) && <div>{texts.signed(seq)}</div>}
            </>
          ),
        },
        {
          id: 'previous',
          header: texts.previous,
          minWidth: 160,
          cell: ({ seq, previous }) => (seq === 1 ? texts.beginning : <Hash hash={previous} />),
        },
        {
          id: 'amount',
          header: texts.amount,
          minWidth: 120,
          cell: ({ amountMinor }) => (
            <span className="money">{moneyText(minorText(amountMinor, currency), currency)}</span>
          ),
        },
        {
          id: 'balance',
          header: texts.balance,
          minWidth: 120,
          cell: ({ balanceMinor }) => (
            <span className="money">{moneyText(minorText(balanceMinor, currency), currency)}</span>
          ),
        },
        { id: 'what', header: texts.what, minWidth: 160, cell: ({ description }) => description },
      ]}
    />
  );
}

/** The beginning of a hash is what is compared by eye. */
function Hash({ hash }: { readonly hash: string | undefined }) {
  return hash ? <Box variant="code">{hash.slice(0, 16)}…</Box> : <>…</>;
}
