import { expect, test } from '@jest/globals';
import { appHeaders, cacheControlOf, fileOf, SITE_HEADERS } from '../../shared/manifest/site.ts';

test.each([
  ['/', 'index.html'],
  ['/docs', 'docs/index.html'],
  ['/docs/errors', 'docs/errors.html'],
  ['/docs/errors.md', 'docs/errors.md'],
  ['/docs/assets/page.1a2b.css', 'docs/assets/page.1a2b.css'],
  ['/llms.txt', 'llms.txt'],
])('%s is the file %s', (path, file) => {
  expect(fileOf(path)).toBe(file);
});

test.each(['', '//docs', '/..', '/docs/../x', '/docs/..', '/.env', '/docs/.git/x', '/docs/%2e%2e/x', '/a%2fb'])(
  '%s is no file',
  (path) => {
    expect(fileOf(path)).toBeUndefined();
  },
);

test.each(['/docs/a\0.html', '/docs\\x', '/docs/x\n', '/docs/', '/docs/errors/'])('%j is no file', (path) => {
  expect(fileOf(path)).toBeUndefined();
});

test('only assets, whose names change with their bytes, are kept for long', () => {
  expect(cacheControlOf('/docs/assets/page.1a2b.css')).toContain('immutable');
  expect(cacheControlOf('/docs/errors')).toBe('public, max-age=300');
});

test('nobody may frame a page', () => {
  expect(SITE_HEADERS['content-security-policy']).toContain("frame-ancestors 'none'");
});

test('no page has a hold on ours, and none of ours has a camera, a place or a payment of the browser', () => {
  for (const headers of [SITE_HEADERS, appHeaders(['https://people.example'])]) {
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    const denied = headers['permissions-policy'].split(', ');
    expect(denied).toEqual(
      expect.arrayContaining(['camera=()', 'microphone=()', 'geolocation=()', 'payment=()', 'usb=()']),
    );
    // Texts are copied.
    expect(headers['permissions-policy']).not.toContain('clipboard');
  }
});
