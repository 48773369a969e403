/**
 * What one origin serves, as data: CloudFront and `npm start` both read it, so that they cannot disagree. Functions
 * that name a file or a redirect also run in CloudFront, as their own text: they use nothing but what is passed with
 * them, and only what its JavaScript has.
 */

/** Paths of the API, as CloudFront writes them. What matches none of them is a page or a file of the site. */
export const API_PATHS = ['/api/*', '/callbacks/*', '/payments/*', '/status', '/status/', '/health', '/health/'];

export function isApiPath(path: string): boolean {
  return API_PATHS.some((each) => (each.endsWith('*') ? path.startsWith(each.slice(0, -1)) : path === each));
}

export const HSTS_SECONDS = 31_536_000;

/** What of a device no page of ours uses. A script that got into one cannot ask for it either. */
const UNUSED = [
  ...['accelerometer', 'camera', 'display-capture', 'geolocation', 'gyroscope', 'hid', 'magnetometer', 'microphone'],
  ...['midi', 'payment', 'serial', 'usb'],
];

/** On every page and file of the site. Pages run only scripts of their own origin, and nobody may frame them. */
export const SITE_HEADERS = headersWith("style-src 'self'", "connect-src 'self'");

/**
 * On the dashboard. Its components set styles on elements; beside its own origin it reaches those where it signs people
 * in and to which it uploads files.
 */
export function appHeaders(otherOrigins: readonly string[]): typeof SITE_HEADERS {
  return headersWith("style-src 'self' 'unsafe-inline'", ["connect-src 'self'", ...otherOrigins].join(' '));
}

function headersWith(styles: string, connections: string) {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      styles,
      "img-src 'self' data:",
      "font-src 'self'",
      connections,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    // People sign in and pay by redirects. A page that opens ours in a window of its own has no hold on it.
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': UNUSED.map((feature) => `${feature}=()`).join(', '),
    'referrer-policy': 'strict-origin-when-cross-origin',
    'strict-transport-security': `max-age=${HSTS_SECONDS}; includeSubDomains`,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

/** Names of assets change with their bytes; pages keep theirs. */
export const ASSETS = '/docs/assets/';
export const PAGE_SECONDS = 300;

/** The dashboard: one page for every path below it but those of its files. Each deployment has settings of its own. */
export const APP = '/app';
export const APP_ASSETS = '/app/assets/';
export const APP_CONFIG = '/app/config.json';

export function isAppPath(path: string): boolean {
  return path === APP || path.startsWith(`${APP}/`);
}

export function cacheControlOf(path: string): string {
  if (path.startsWith(ASSETS) || path.startsWith(APP_ASSETS)) return 'public, max-age=31536000, immutable';
  return isAppPath(path) ? 'no-cache' : `public, max-age=${PAGE_SECONDS}`;
}

/** By the ending of a file. A browser shows Markdown as the text that it is. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  md: 'text/plain; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
};

/** The page for what is not there, and what somebody is answered who writes to the site. */
export const MISSING_FILE = '404.html';
export const READ_ONLY = 'Pages can only be read. The API is below /api/v1; see /docs/api.\n';

/** Names that need no escape. A segment never begins with a dot, so that none is `..` or a hidden file. */
export const CLEAN_PATH = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/**
 * The file of a page's URL below the folder of the site; undefined for a path that can name none. The dashboard reads
 * the rest of a path itself, whatever is in it.
 */
export function fileOf(path: string): string | undefined {
  if (path === '/') return 'index.html';
  if (path === '/docs') return 'docs/index.html';
  const isFileOfApp = path.startsWith('/app/assets/') || path === '/app/config.json';
  if (path === '/app' || (path.startsWith('/app/') && !isFileOfApp)) return 'app/index.html';
  if (!CLEAN_PATH.test(path)) return undefined;
  const name = path.slice(path.lastIndexOf('/'));
  return name.includes('.') ? path.slice(1) : `${path.slice(1)}.html`;
}

/** Where the site sends a path: no page has a slash at its end. */
export function redirectOf(path: string): string | undefined {
  if (path.startsWith('/app/')) return undefined;
  const withoutSlash = path.slice(0, -1);
  return path.endsWith('/') && CLEAN_PATH.test(withoutSlash) ? withoutSlash : undefined;
}
