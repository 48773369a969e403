import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useAct } from '../../api/act.ts';
import { type Answer, call } from '../../api/client.ts';
import { isRefused, Problem } from '../../api/problem.ts';
import { useChange, useRead, useScope } from '../../api/queries.ts';
import { useDraft } from '../../parts/use-draft.ts';
import { useKept } from '../../parts/use-kept.ts';
import type { Fixes } from './cells.ts';
import { type SheetFile, withFixes } from './sheet.ts';
import { sourceOf } from './upload.ts';
import { useSheetFile } from './use-sheet-file.ts';

export type Preview = Answer<'getPreview'>;
type Accept = 'all_or_nothing' | 'valid_rows';

/** What applies to the whole file. */
export interface Options {
  readonly currency: string;
  readonly reference: string;
}

/** A check of exactly this file and these options. */
interface Checked {
  readonly previewId: string;
  readonly options: Options;
  /** Set while a request to run it may be under way, or be done. */
  readonly sent?: Accept;
}

/** A preview does not change. */
const STALE_MS = 3_600_000;
const NO_OPTIONS: Options = { currency: '', reference: '' };

/** A batch from its file to its run: the file, what is corrected in it, the check of the API, and the run. */
export function useNewBatch() {
  const [file, setFile] = useSheetFile();
  const [options, setOptions, clearOptions] = useDraft('bulk.options', NO_OPTIONS);
  const [fixes = {}, setFixes] = useKept<Fixes>('bulk.fixes');
  const [checked, setChecked] = useKept<Checked>('bulk.checked');
  const { check, checking, uploaded } = useCheck(options, setChecked);
  const running = useChange('createBulk');
  const preview = useRead(
    'getPreview',
    { path: { preview_id: checked?.previewId ?? '' }, query: { limit: 1 } },
    { enabled: checked !== undefined, staleMs: STALE_MS },
  );
  const navigate = useNavigate();

  const clear = () => {
    setFile(undefined);
    setFixes(undefined);
    setChecked(undefined);
    clearOptions();
    checking.reset();
    running.reset();
  };
  return {
    ...{ file, options, setOptions, fixes, setFixes, checking, uploaded, running, clear },
    preview,
    checked,
    /** Its field says so. */
    asksCurrency: checking.error instanceof Problem && checking.error.body.code === 'currency_required',
    isExpired: preview.error instanceof Problem && preview.error.status === 404,
    /** Whether the check is of what is on the screen. */
    isCurrent:
      checked !== undefined &&
      Object.keys(fixes).length === 0 &&
      checked.options.currency === options.currency &&
      checked.options.reference === options.reference,
    choose(next: SheetFile) {
      setFile(next);
      setFixes(undefined);
      running.reset();
      return check(next);
    },
    async checkAgain() {
      if (!file) return;
      const next = await withFixes(file, preview.data, fixes);
      setFile(next);
      setFixes(undefined);
      running.reset();
      return check(next);
    },
    async run(accept: Accept) {
      if (!checked) return;
      // Before the request leaves, so that a reload in this moment asks again, instead of beginning another batch.
      setChecked({ ...checked, sent: accept });
      try {
        const batch = await running.mutateAsync({ body: { preview_id: checked.previewId, accept } });
        clear();
        navigate({ to: `/bulk/${batch.id}` });
      } catch (error) {
        const isRepeat = checked.sent !== undefined;
        if (isRefused(error as Error, { isRepeat }))
          setChecked({ previewId: checked.previewId, options: checked.options });
      }
    },
  };
}

/** Has a file checked, under its options. A large one is uploaded first, to the percent that `uploaded` says. */
function useCheck(options: Options, setChecked: (checked: Checked | undefined) => void) {
  const scope = useScope();
  const [uploaded, setUploaded] = useState<number>();
  const newest = useRef({});
  const checking = useAct<Answer<'previewBulk'>, SheetFile>({
    mayOverlap: true,
    mutationFn: async ({ text }) => {
      const source = await sourceOf(scope, text, setUploaded).finally(() => setUploaded(undefined));
      const { currency, reference } = options;
      return call(scope, 'previewBulk', {
        body: { ...source, ...(currency ? { currency } : {}), ...(reference ? { batch_reference: reference } : {}) },
      });
    },
  });
  const check = async (file: SheetFile) => {
    const own = {};
    newest.current = own;
    const made = await checking.mutateAsync(file).catch(() => undefined);
    // Of another file that was chosen meanwhile nothing is known by this one.
    if (newest.current === own) setChecked(made && { previewId: made.preview_id, options });
  };
  return { check, checking, uploaded };
}
