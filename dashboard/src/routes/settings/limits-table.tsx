import Header from '@cloudscape-design/components/header';
import type { Limits } from '../../../../sdk/typescript/src/api.ts';
import type { Answer } from '../../api/client.ts';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Rows } from '../../parts/rows.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { wordFor } from '../../texts/language.ts';
import { settingsTexts } from '../../texts/settings.ts';
import { limitText } from './limit-text.ts';

const texts = settingsTexts.business;

/** What the terms of the business allow in this mode. */
export function LimitsTable({ account }: { readonly account: Answer<'getAccount'> }) {
  const { mode } = useChosen();
  const items = Object.entries(account.limits) as [string, Limits[keyof Limits]][];
  return (
    <Rows
      items={items}
      trackBy={([name]) => name}
      ariaLabels={{ tableLabel: texts.limitsLabel }}
      header={
        <Header
          variant="h2"
          description={
            <>
              {texts.limitsText[mode]} <DocsLink to="limits">{texts.limitsGuide}</DocsLink>
            </>
          }
        >
          {texts.limits}
        </Header>
      }
      columnDefinitions={[
        { id: 'what', header: texts.limit, isRowHeader: true, cell: ([name]) => wordFor(texts.limitWords, name) },
        { id: 'amount', header: texts.amount, cell: ([name, limit]) => limitText(limit, name === 'upload_bytes') },
      ]}
    />
  );
}
