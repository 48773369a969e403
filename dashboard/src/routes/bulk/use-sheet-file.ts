import { useState } from 'react';
import { useKept } from '../../parts/use-kept.ts';
import type { SheetFile } from './sheet.ts';

/** The storage of a tab holds some five million characters. */
const KEPT_CHARACTERS_MAX = 1_000_000;

/** The file that somebody works on: a small one is still there after a reload. */
export function useSheetFile(): [SheetFile | undefined, (file: SheetFile | undefined) => void] {
  const [kept, keep] = useKept<SheetFile>('bulk.file');
  const [large, setLarge] = useState<SheetFile>();
  const change = (file: SheetFile | undefined) => {
    const isLarge = file !== undefined && file.text.length > KEPT_CHARACTERS_MAX;
    keep(isLarge ? undefined : file);
    setLarge(isLarge ? file : undefined);
  };
  return [large ?? kept, change];
}
