/** What a page can do beyond reading: search, copy, choose colours, and show where the reader is. */

/** Where `npm start` serves the API, without options. */
const LOCAL = 'http://localhost:8080';

const root = document.documentElement;
const all = (selector) => [...document.querySelectorAll(selector)];

document.querySelector('button.theme')?.addEventListener('click', () => {
  const isDark =
    getComputedStyle(root).colorScheme.startsWith('dark') ||
    (getComputedStyle(root).colorScheme === 'light dark' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = isDark ? 'light' : 'dark';
  try {
    localStorage.setItem('theme', root.dataset.theme);
  } catch {
    // It holds for this page, then.
  }
});

/** Says something to people who use a screen reader. */
const status = document.createElement('p');
status.className = 'unseen';
status.setAttribute('role', 'status');
document.body.append(status);

for (const button of all('button.copy')) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.closest('.code').querySelector('code').textContent);
    button.textContent = 'Copied';
    status.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
      status.textContent = '';
    }, 2000);
  });
}

const searchButton = document.querySelector('button.search');
async function openSearch() {
  const { open } = await import('./search.mjs');
  await open(searchButton.dataset.index);
}
searchButton?.addEventListener('click', openSearch);
document.addEventListener('keydown', (event) => {
  const isTyping = event.target.closest?.('input, textarea, select, [contenteditable]');
  const asks =
    (event.key === '/' && !event.ctrlKey && !event.metaKey) || (event.key === 'k' && (event.ctrlKey || event.metaKey));
  if (!asks || isTyping || !searchButton) return;
  event.preventDefault();
  openSearch();
});

if (document.querySelector('#now')) import('./status.mjs');
if (document.querySelector('#missing')) import('./missing.mjs');

/** Only what can be scrolled needs the keyboard's focus. */
const scrollers = all('.table, .code pre');
function markScrollers() {
  for (const each of scrollers) {
    const isCut = each.scrollWidth > each.clientWidth || each.scrollHeight > each.clientHeight;
    if (isCut) each.setAttribute('tabindex', '0');
    else each.removeAttribute('tabindex');
  }
}
markScrollers();
addEventListener('resize', markScrollers);

/** A menu closes when a link in it is followed on the same page. */
for (const menu of all('[popover]')) {
  menu.addEventListener('click', (event) => {
    if (event.target.closest('a') && menu.matches(':popover-open')) menu.hidePopover();
  });
}
const here = document.querySelector('.side [aria-current]');
if (here) here.closest('nav').scrollTop = here.offsetTop - 200;

/** Examples call the API where these pages are. */
for (const code of all('.code code')) {
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: text } = texts;
    if (text.data.includes(LOCAL)) text.data = text.data.replaceAll(LOCAL, location.origin);
  }
}

/** Marks the heading that is being read among the links to headings. */
const links = new Map(all('.toc a, .side .sub a').map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
const targets = all('main [id]').filter(({ id }) => links.has(id));
let marked;
function markRead() {
  const passed = targets.filter((target) => target.getBoundingClientRect().top < 120);
  const next = links.get((passed.at(-1) ?? targets[0])?.id);
  if (next === marked) return;
  marked?.removeAttribute('aria-current');
  next?.setAttribute('aria-current', 'location');
  const part = next?.closest('details');
  if (part && !part.open) {
    for (const other of all('.sub details')) other.open = other === part;
  }
  if (next?.checkVisibility?.()) {
    const box = next.closest('nav');
    const { top, bottom } = next.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    if (top < frame.top + 40 || bottom > frame.bottom - 40) box.scrollTop += top - frame.top - frame.height / 2;
  }
  marked = next;
}
if (targets.length > 0) {
  let isDue = false;
  addEventListener(
    'scroll',
    () => {
      if (isDue) return;
      isDue = true;
      requestAnimationFrame(() => {
        isDue = false;
        markRead();
      });
    },
    { passive: true },
  );
  markRead();
}
