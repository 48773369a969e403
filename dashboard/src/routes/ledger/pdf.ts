/**
 * Writes PDF files of plain text: pages, two weights of one font that every reader has, and rules. A library for it
 * would be half a megabyte for who saves one page a month.
 */

export interface TextMark {
  readonly x: number;
  /** From the top of the page. */
  readonly y: number;
  readonly text: string;
  readonly size?: number;
  readonly bold?: boolean;
  /** The text ends at `x` instead of beginning there. */
  readonly right?: boolean;
}

/** A thin line from left to right. */
export interface Rule {
  readonly y: number;
}

export type Mark = TextMark | Rule;

export const PAGE_WIDTH = 595;
export const PAGE_HEIGHT = 842;
export const MARGIN = 48;
const SIZE = 9;

/** What PDF's standard fonts have beyond Latin-1, by its code there. */
const BEYOND = new Map(
  Object.entries({ '€': 0x80, '…': 0x85, '‘': 0x91, '’': 0x92, '“': 0x93, '”': 0x94, '•': 0x95, '–': 0x96, '—': 0x97 }),
);

/** A text with only what the standard fonts have, a byte for a character: accents that they lack are left out. */
function plainText(text: string): string {
  return Array.from(text.normalize('NFC'), (character) => {
    const known = BEYOND.get(character);
    if (known !== undefined) return String.fromCharCode(known);
    if (/[ -~\u00a0-\u00ff]/.test(character)) return character;
    if (/\s/.test(character)) return ' ';
    const base = character.normalize('NFKD').replace(/\p{M}/gu, '');
    return /^[ -~]+$/.test(base) ? base : '?';
  }).join('');
}

/** The widths of Helvetica from blank to tilde, in thousandths of its size. */
const WIDTHS = [
  ...[278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278],
  ...Array<number>(10).fill(556),
  ...[278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778],
  ...[667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333],
  ...[556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500],
  ...[722, 500, 500, 500, 334, 260, 334, 584],
];

function widthOf(plain: string, size: number): number {
  const widths = Array.from(plain, (each) => WIDTHS[each.charCodeAt(0) - 32] ?? 600);
  return widths.reduce((sum, each) => sum + each, 0) * (size / 1000);
}

/** Letters are wider in the heavy weight, by so much on average; digits are not. */
const HEAVY = 1.07;

/** A text in lines that are no wider than this. A word that is wider by itself is broken where the line ends. */
export function wrapped(text: string, width: number, size = SIZE): readonly string[] {
  const fits = (line: string) => widthOf(plainText(line), size) <= width;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const longer = line ? `${line} ${word}` : word;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line) lines.push(line);
    line = '';
    for (const character of word) {
      if (line && !fits(line + character)) {
        lines.push(line);
        line = '';
      }
      line += character;
    }
  }
  return [...lines, line];
}

/** The file, of pages of marks. */
export function pdfOf(title: string, pages: readonly (readonly Mark[])[]): Uint8Array<ArrayBuffer> {
  const FIXED = 5;
  const ids = pages.map((_page, at) => FIXED + 1 + 2 * at);
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${ids.map((id) => `${id} 0 R`).join(' ')}] >>`,
    fontOf('Helvetica'),
    fontOf('Helvetica-Bold'),
    `<< /Title ${literal(title)} /Producer (Airtime) >>`,
    ...pages.flatMap((marks, at) => {
      const content = marks.map(drawn).join('\n');
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE_WIDTH} ${PAGE_HEIGHT}] ` +
          `/Contents ${FIXED + 2 + 2 * at} 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>`,
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  return bytesOf(assembled(objects));
}

/** Objects with the table that says at which byte each begins. Every character is one byte. */
function assembled(objects: readonly string[]): string {
  let file = '%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n';
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const lines = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return `${file}xref\n0 ${size}\n0000000000 65535 f \n${lines}${trailer}`;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function fontOf(name: string): string {
  return `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
}

function drawn(mark: Mark): string {
  const y = PAGE_HEIGHT - mark.y;
  if (!('text' in mark)) return `0.6 G 0.5 w ${MARGIN} ${y} m ${PAGE_WIDTH - MARGIN} ${y} l S`;
  const { text, size = SIZE, bold = false, right = false } = mark;
  const plain = plainText(text);
  const width = widthOf(plain, size) * (bold && /[a-z]/.test(plain) ? HEAVY : 1);
  const x = right ? mark.x - width : mark.x;
  return `BT /${bold ? 'F2' : 'F1'} ${size} Tf ${x.toFixed(2)} ${y} Td ${literal(text)} Tj ET`;
}

function literal(text: string): string {
  return `(${plainText(text).replace(/[\\()]/g, '\\$&')})`;
}
