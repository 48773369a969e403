import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { later } from '../../parts/later.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { bulkTexts as texts } from '../../texts/bulk.ts';
import { PreviewResult } from './preview-result.tsx';
import { RunBatch } from './run-batch.tsx';
import { SheetSource } from './sheet-source.tsx';
import { useNewBatch } from './use-new-batch.ts';
import { ValidRows } from './valid-rows.tsx';

/** What reads and corrects cells is loaded for a file that has problems. */
const ProblemRows = later(async () => (await import('./problem-rows.tsx')).ProblemRows);

/** From a file to a running batch: read here, checked by the API, corrected in place, confirmed, paid at once. */
export function NewBatchPage() {
  const batch = useNewBatch();
  const { checked, checking, running, preview, isExpired } = batch;
  if (checked?.sent && !running.isPending) return <Unclear batch={batch} />;
  return (
    <Page title={texts.newTitle} description={texts.newText}>
      <SpaceBetween size="l">
        <SheetSource batch={batch} />
        {checking.error && !batch.asksCurrency && (
          <div role="alert">
            <ProblemAlert error={checking.error} />
          </div>
        )}
        {checked && isExpired && <Alert type="warning">{texts.expired}</Alert>}
        {checked && !isExpired && (
          <Loaded query={preview}>
            {(data) => (
              <SpaceBetween size="l">
                <PreviewResult preview={data} />
                {data.invalid > 0 && <ProblemRows batch={batch} preview={data} />}
                <ValidRows previewId={data.preview_id} count={data.valid} />
                <RunBatch batch={batch} preview={data} />
              </SpaceBetween>
            )}
          </Loaded>
        )}
      </SpaceBetween>
    </Page>
  );
}

/** After a lost answer or a reload: the same request again is the same batch. */
function Unclear({ batch }: { readonly batch: ReturnType<typeof useNewBatch> }) {
  const { checked, running, run, clear } = batch;
  return (
    <Page title={texts.newTitle}>
      <SpaceBetween size="l">
        <Alert
          type="warning"
          header={texts.unclear}
          action={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={clear}>{texts.startOver}</Button>
              <Button variant="primary" onClick={() => checked?.sent && run(checked.sent)}>
                {texts.askAgain}
              </Button>
            </SpaceBetween>
          }
        >
          <div role="status">{texts.unclearText}</div>
        </Alert>
        {running.error && <ProblemAlert error={running.error} />}
      </SpaceBetween>
    </Page>
  );
}
