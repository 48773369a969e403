import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FileDropzone from '@cloudscape-design/components/file-dropzone';
import FileInput from '@cloudscape-design/components/file-input';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useAct } from '../../api/act.ts';
import { call } from '../../api/client.ts';
import { useScope } from '../../api/queries.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { sentenceOf } from '../../parts/problem-words.ts';
import { saveFile } from '../../parts/save-file.ts';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import { decode, FILE_BYTES_MAX, isWorkbook, type SheetFile } from './sheet.ts';
import type { useNewBatch } from './use-new-batch.ts';

const REFERENCE = /^(?:[A-Za-z0-9][A-Za-z0-9._:-]{0,49})?$/;
const CURRENCIES = ['', 'USD', 'ZWG', 'KES', 'UGX', 'TZS'];

interface PartProps {
  readonly batch: ReturnType<typeof useNewBatch>;
}

/** The file and what applies to all of it. A file is checked as soon as it is there. */
export function SheetSource({ batch }: PartProps) {
  const scope = useScope();
  const template = useAct<void>({
    mutationFn: async () => saveFile('template.csv', 'text/csv', [await call(scope, 'getBulkTemplate')]),
  });
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button loading={template.isPending} onClick={() => template.mutate()}>
              {texts.template}
            </Button>
          }
        >
          {texts.file}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {template.error && <ProblemAlert error={template.error} />}
        <Source batch={batch} />
        <SheetOptions batch={batch} />
        <Check batch={batch} />
      </SpaceBetween>
    </Container>
  );
}

function Source({ batch: { file, choose } }: PartProps) {
  const [problem, setProblem] = useState<string>();
  const take = async (given: File | undefined) => {
    if (!given) return;
    const read = await readFile(given);
    setProblem(typeof read === 'string' ? read : undefined);
    if (typeof read !== 'string') choose(read);
  };
  return (
    <>
      <FormField description={texts.fileHint} errorText={problem} stretch>
        <FileDropzone onChange={({ detail }) => take(detail.value[0])}>
          <SpaceBetween size="xs" alignItems="center">
            <span>{texts.drop}</span>
            <FileInput
              value={[]}
              accept=".csv,.txt,.tsv,text/csv,text/plain"
              onChange={({ detail }) => take(detail.value[0])}
            >
              {texts.choose}
            </FileInput>
          </SpaceBetween>
        </FileDropzone>
      </FormField>
      {file && (
        <Box>
          {texts.current(file.name)}
          {file.encoding && <div>{texts.notUtf8(file.encoding)}</div>}
        </Box>
      )}
    </>
  );
}

function SheetOptions({ batch: { options, setOptions, checking, asksCurrency } }: PartProps) {
  const currencies = CURRENCIES.map((value) => ({ value, label: value || texts.currencyNone }));
  return (
    <ColumnLayout columns={2}>
      <FormField
        label={texts.currency}
        constraintText={texts.currencyHint}
        errorText={asksCurrency && checking.error ? sentenceOf(checking.error) : undefined}
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
        errorText={REFERENCE.test(options.reference) ? undefined : texts.referenceForm}
      >
        <Input
          value={options.reference}
          autoComplete={false}
          onChange={({ detail }) => setOptions({ ...options, reference: detail.value.trim() })}
        />
      </FormField>
    </ColumnLayout>
  );
}

function Check({ batch }: PartProps) {
  const { file, fixes, options, checking, uploaded, checked, isCurrent, checkAgain } = batch;
  const changes = Object.keys(fixes).length;
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <Button
        variant={isCurrent ? 'normal' : 'primary'}
        disabled={!file || !REFERENCE.test(options.reference)}
        loading={checking.isPending}
        loadingText={texts.checking}
        onClick={checkAgain}
      >
        {checked ? texts.checkAgain : texts.check}
      </Button>
      <div role="status">
        {uploaded === undefined ? file && changes > 0 && texts.changes(changes) : texts.uploaded(uploaded)}
      </div>
    </SpaceBetween>
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
