import { ORIGIN_HEADERS } from '../shared/manifest/origin.ts';
import {
  CLEAN_PATH,
  CONTENT_TYPES,
  fileOf,
  MISSING_FILE,
  READ_ONLY,
  redirectOf,
  SITE_HEADERS,
} from '../shared/manifest/site.ts';

/**
 * The code of the functions that CloudFront runs for each request. What they decide is decided by the manifest, whose
 * functions are in them as their own text. CloudFront takes 10 KB, and no module.
 */

const BYTES_MAX = 10_000;

/** Gives a page's URL its file, and answers what is no page itself. */
export function siteRequestCode(files: readonly string[]): string {
  const headers = headersOf({ ...SITE_HEADERS, 'content-type': CONTENT_TYPES.txt ?? '', 'cache-control': 'no-store' });
  return withSize(`${isThereCode(files)}
${redirectOf}
const headers = ${JSON.stringify(headers)};
function answer(statusCode, statusDescription, name, value) {
  const all = Object.assign({}, headers);
  all[name] = { value: value };
  return { statusCode: statusCode, statusDescription: statusDescription, headers: all };
}
function handler(event) {
  const request = event.request;
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    const refused = answer(405, 'Method Not Allowed', 'allow', 'GET, HEAD');
    refused.body = { encoding: 'text', data: ${JSON.stringify(READ_ONLY)} };
    return refused;
  }
  const location = redirectOf(request.uri);
  if (location !== undefined) return answer(302, 'Found', 'location', location);
  const file = fileOf(request.uri);
  request.uri = '/' + (isThere(file) ? file : ${JSON.stringify(MISSING_FILE)});
  return request;
}
`);
}

/**
 * Gives the page for what is not there its status, and each file its type. S3 would answer 403 for what is not there,
 * and CloudFront's own error pages would take the place of the API's answers, too. It makes no difference to it whether
 * the path that it is given is the viewer's or the file's.
 */
export function siteResponseCode(files: readonly string[]): string {
  return withSize(`${isThereCode(files)}
const types = ${JSON.stringify(CONTENT_TYPES)};
function handler(event) {
  const uri = event.request.uri;
  const response = event.response;
  const file = isThere(uri.slice(1)) ? uri.slice(1) : fileOf(uri);
  const found = isThere(file);
  if (response.statusCode !== 200) return response;
  const type = types[found ? file.slice(file.lastIndexOf('.') + 1) : 'html'];
  if (type !== undefined) response.headers['content-type'] = { value: type };
  if (!found) {
    response.statusCode = 404;
    response.statusDescription = 'Not Found';
  }
  return response;
}
`);
}

/** Notes for the API from which address a request came, over whatever its sender claims. */
export function apiRequestCode(): string {
  return withSize(`function handler(event) {
  event.request.headers['${ORIGIN_HEADERS.viewer}'] = { value: event.viewer.ip };
  return event.request;
}
`);
}

/** A page and its Markdown are one word of a list. */
function isThereCode(files: readonly string[]): string {
  const listed = files.filter((file) => file !== MISSING_FILE);
  const isBoth = (stem: string) => listed.includes(`${stem}.html`) && listed.includes(`${stem}.md`);
  const both = listed.flatMap((file) => (file.endsWith('.md') && isBoth(file.slice(0, -3)) ? [file.slice(0, -3)] : []));
  const others = listed.filter((file) => !both.includes(file.replace(/\.(html|md)$/, '')));
  return `const CLEAN_PATH = ${CLEAN_PATH};
const both = ${JSON.stringify(both.join(' '))}.split(' ');
const others = ${JSON.stringify(others.join(' '))}.split(' ');
function isThere(file) {
  if (file === undefined || file === '') return false;
  const stem = file.replace(/\\.(html|md)$/, '');
  return others.indexOf(file) >= 0 || (stem !== file && both.indexOf(stem) >= 0);
}
${fileOf}`;
}

function headersOf(values: Readonly<Record<string, string>>): Record<string, { value: string }> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

function withSize(text: string): string {
  const code = text.replaceAll(/\bexport /g, '');
  if (code.length > BYTES_MAX) throw new Error(`a function of CloudFront has ${code.length} of ${BYTES_MAX} bytes`);
  return code;
}
