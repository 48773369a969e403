import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FileUpload from '@cloudscape-design/components/file-upload';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useScope } from '../../api/queries.ts';
import { saveFile } from '../../parts/save-file.ts';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import { decode, FILE_BYTES_MAX, isWorkbook, type SheetFile } from './sheet.ts';
import type { useNewBatch } from './use-new-batch.ts';

const REFERENCE = /^(?:[A-Za-z0-9][A-Za-z0-9._:-]{0,49})?$/;
const CURRENCIES = ['', 'USD', 'ZWG', 'KES', 'UGX', 'TZS'];

/** The file and what applies to all of it. A file is checked as soon as it is there. */
export function SheetSource({ batch }: { readonly batch: ReturnType<typeof useNewBatch> }) {
  const { file, options, setOptions, checking, checked, isCurrent, isExpired, choose, checkAgain } = batch;
  const [problem, setProblem] = useState<string>();
  const scope = useScope();
  const take = async (given: File | undefined) => {
    if (!given) return;
    const read = await readFile(given);
    setProblem(typeof read === 'string' ? read : undefined);
    if (typeof read !== 'string') choose(read);
  };
  const saveTemplate = async () => {
    const template = await call(scope, 'getBulkTemplate').catch(() => undefined);
    if (template !== undefined) saveFile('template.csv', 'text/csv', [template]);
  };
  const currencies = CURRENCIES.map((value) => ({ value, label: value || texts.currencyNone }));
  const isReferenceGood = REFERENCE.test(options.reference);
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={saveTemplate}>{texts.template}</Button>}>
          {texts.file}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FormField description={texts.fileHint} errorText={problem} stretch>
          <FileUpload
            value={[]}
            accept=".csv,.txt,.tsv,text/csv,text/plain"
            i18nStrings={{
              uploadButtonText: () => texts.choose,
              dropzoneText: () => texts.drop,
              removeFileAriaLabel: (_index, name) => texts.remove(name),
            }}
            onChange={({ detail }) => take(detail.value[0])}
          />
        </FormField>
        {file && (
          <Box>
            {texts.current(file.name)}
            {file.encoding && <div>{texts.notUtf8(file.encoding)}</div>}
          </Box>
        )}
        <ColumnLayout columns={2}>
          <FormField
            label={texts.currency}
            constraintText={texts.currencyHint}
            errorText={batch.asksCurrency ? checking.error?.message : undefined}
          >
            <Select
              options={currencies}
              selectedOption={currencies.find(({ value }) => value === options.currency) ?? null}
              onChange={({ detail }) => setOptions({ ...options, currency: detail.selectedOption.value ?? '' })}
            />
          </FormField>
          <FormField
            label={texts.referenceOption}
            constraintText={texts.referenceHint}
            errorText={isReferenceGood ? undefined : texts.referenceForm}
          >
            <Input
              value={options.reference}
              autoComplete={false}
              onChange={({ detail }) => setOptions({ ...options, reference: detail.value.trim() })}
            />
          </FormField>
        </ColumnLayout>
        <SpaceBetween direction="horizontal" size="s" alignItems="center">
          <Button
            variant={isCurrent ? 'normal' : 'primary'}
            disabled={!file || !isReferenceGood}
            loading={checking.isPending}
            loadingText={texts.checking}
            onClick={checkAgain}
          >
            {checked || isExpired ? texts.checkAgain : texts.check}
          </Button>
          {file && Object.keys(batch.fixes).length > 0 && (
            <div role="status">{texts.changes(Object.keys(batch.fixes).length)}</div>
          )}
        </SpaceBetween>
      </SpaceBetween>
    </Container>
  );
}

/** The text of a file, or why it is not one. */
async function readFile(given: File): Promise<SheetFile | string> {
  if (given.size > FILE_BYTES_MAX) return texts.tooLarge;
  try {
    const bytes = new Uint8Array(await given.arrayBuffer());
    return isWorkbook(bytes) ? texts.workbook : { name: given.name, ...decode(bytes) };
  } catch {
    return texts.unreadable;
  }
}
