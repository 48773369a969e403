/** The first block of code below each heading of the third level in a guide. */
export function codeOf(guide: string): Readonly<Record<string, string>> {
  const sections = guide.split(/^### /m).slice(1);
  const code = sections.flatMap((section) => {
    const [, heading, lines] = /^(.+)\n[\s\S]*?^```\w+\n([\s\S]*?)^```/m.exec(section) ?? [];
    return heading && lines ? [[heading, lines.trimEnd()]] : [];
  });
  return Object.fromEntries(code);
}
