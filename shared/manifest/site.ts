/**
 * How the static pages are served, as data: CloudFront and `npm start` both read it, so that they cannot disagree.
 */

/** On every page and file of the site. Pages run only scripts of their own origin, and nobody may frame them. */
export const SITE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'strict-origin-when-cross-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Names of assets change with their bytes; pages keep theirs. */
const ASSETS = '/docs/assets/';
export function cacheControlOf(path: string): string {
  return path.startsWith(ASSETS) ? 'public, max-age=31536000, immutable' : 'public, max-age=300';
}

/** Names that need no escape. A segment never begins with a dot, so that none is `..` or a hidden file. */
const CLEAN_PATH = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/** The file of a page's URL below the folder of the site; undefined for a path that can name none. */
export function fileOf(path: string): string | undefined {
  if (path === '/docs' || path === '/docs/') return 'docs/index.html';
  if (!CLEAN_PATH.test(path)) return undefined;
  const name = path.slice(path.lastIndexOf('/'));
  return name.includes('.') ? path.slice(1) : `${path.slice(1)}.html`;
}
