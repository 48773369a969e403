import type { Links } from './links.ts';

/** A page as Markdown, for those who read it so: as it is in the repository, but with links that lead to the site. */
export function markdownCopy(text: string, source: string, links: Links): string {
  return text
    .split(/(^ *```[\s\S]*?^ *```$)/m)
    .map((part, index) => (index % 2 === 1 ? part : withSiteLinks(part, source, links)))
    .join('')
    .replace(/^<!--.*?-->\s*/s, '');
}

function withSiteLinks(text: string, source: string, links: Links): string {
  return text.replace(/\[([^\]]*)\]\(([^)\s]+)\)/g, (_link, says: string, href: string) => {
    const url = links.markdownUrlOf(href, source);
    return url === undefined ? says : `[${says}](${url})`;
  });
}
