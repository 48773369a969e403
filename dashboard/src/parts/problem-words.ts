import { type FieldRefusal, Problem } from '../api/problem.ts';
import { partTexts } from '../texts/parts.ts';
import { refusalTexts as texts } from '../texts/refusals.ts';

/** Refusals of the API in the words of the pages. Its own advice is for programs: a page has that of its catalogue. */

interface Words {
  readonly title: string;
  readonly details: readonly string[];
  readonly fix: string | undefined;
  readonly requestId: string | undefined;
}

export function wordsOf(error: Error): Words {
  const none = { fix: undefined, requestId: undefined };
  if (!(error instanceof Problem)) return { ...none, title: partTexts.failed, details: [error.message] };
  if (error.isOffline) return { ...none, title: partTexts.offline, details: [partTexts.offlineText] };
  const { code = '', title = partTexts.failed, detail, request_id: requestId } = error.body;
  const words = texts.words[code];
  const said = words?.detail ? [words.detail] : saidOf(error);
  return {
    title: words?.title ?? title,
    details: said.length > 0 || !detail ? said : [detail],
    fix: words?.fix,
    requestId,
  };
}

/** The same in one sentence. */
export function sentenceOf(error: Error): string {
  const { title, details } = wordsOf(error);
  return details.length > 0 ? details.join(' ') : title;
}

/** What is wrong with one field, to be shown beside it. */
export function fieldProblem(error: Error | null, param: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  const said = problemsOf(error).filter(({ param: named = '' }) => {
    return named === param || named.startsWith(`${param}.`) || named.startsWith(`${param}[`);
  });
  return said.length > 0 ? said.map(({ detail }) => inWords(detail)).join(' ') : undefined;
}

interface CellRefusal {
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
}

/** What is wrong with a cell of a file, and what to do. Advice about cells is for people already. */
export function cellSentence({ code, detail, fix }: CellRefusal): string {
  const known = texts.words[code];
  const advice = known ? known.fix : (texts.cells[code] ?? fix);
  return [inWords(detail), advice].filter(Boolean).join(' ');
}

/** A sentence of the API with what the forms call its fields: a name at its beginning, and any with an underscore. */
export function inWords(sentence: string): string {
  const labelOf = (name: string) => (Object.hasOwn(texts.labels, name) ? texts.labels[name] : undefined);
  return sentence
    .replace(/^([a-z_]+)(?:\.(\d+))?(?= )/, (whole, name: string, at: string | undefined) => {
      const label = labelOf(name);
      if (label === undefined) return whole;
      return at === undefined ? label : texts.entry(label, Number(at) + 1);
    })
    .replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) => {
      const label = labelOf(name);
      return label === undefined ? name : texts.quoted(label);
    });
}

function saidOf(error: Problem): string[] {
  return problemsOf(error).map(({ detail }) => inWords(detail));
}

/** Each field with its problem, where several have one. */
function problemsOf({ body: { param, detail, errors = [] } }: Problem): readonly FieldRefusal[] {
  const ofFields = errors.flatMap((each) => (each.param && each.detail ? [{ ...each, detail: each.detail }] : []));
  if (ofFields.length > 0) return ofFields;
  return detail ? [{ param, detail }] : [];
}
