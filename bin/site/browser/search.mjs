import MiniSearch from 'minisearch';
import { find } from '../find.ts';
import { SEARCH_OPTIONS } from '../search-options.ts';

/** The search: loaded, with its index, when somebody first asks for it. */

const RESULTS_MAX = 12;

const dialog = document.createElement('dialog');
dialog.className = 'search-box';
dialog.setAttribute('aria-label', 'Search');
dialog.innerHTML = `<form method="dialog" role="search"><input type="search" placeholder="Search the documentation"
aria-label="Search the documentation" autocomplete="off" spellcheck="false" enterkeyhint="search">
<button type="submit" value="close">Close</button></form>
<p class="hint" role="status">Type a word, a field or a code, such as <code>insufficient_funds</code>.</p><ul></ul>`;
document.body.append(dialog);
const input = dialog.querySelector('input');
const hint = dialog.querySelector('.hint');
const list = dialog.querySelector('ul');
const links = () => [...list.querySelectorAll('a')];

let found;
export async function open(indexUrl) {
  if (!dialog.open) dialog.showModal();
  input.select();
  if (found) return;
  try {
    const response = await fetch(indexUrl);
    if (!response.ok) throw new Error(`the index answered ${response.status}`);
    found = MiniSearch.loadJSON(await response.text(), SEARCH_OPTIONS);
    show();
  } catch {
    hint.textContent = 'The search could not be loaded. Close it and try again.';
  }
}

function show() {
  const query = input.value.trim();
  if (!found || query === '') return list.replaceChildren();
  const results = find(found, query).slice(0, RESULTS_MAX);
  hint.textContent =
    results.length === 0
      ? `Nothing found for “${query}”.`
      : `${results.length === RESULTS_MAX ? 'The best ' : ''}${results.length} found`;
  list.replaceChildren(...results.map(itemOf));
}

function itemOf({ id, page, heading, excerpt }) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  link.href = id;
  const parts = [
    ['strong', heading],
    ['small', page],
    ['span', excerpt],
  ];
  for (const [tag, text] of parts) {
    if (!text) continue;
    const part = document.createElement(tag);
    part.textContent = text;
    link.append(part, ' ');
  }
  item.append(link);
  return item;
}

input.addEventListener('input', show);
dialog.addEventListener('submit', (event) => {
  if (event.submitter?.value === 'close' && document.activeElement !== input) return;
  const [first] = links();
  if (!first) return;
  event.preventDefault();
  first.click();
});
dialog.addEventListener('click', (event) => {
  if (event.target === dialog || event.target.closest('a')) dialog.close();
});
dialog.addEventListener('keydown', (event) => {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const stops = [input, ...links()];
  const at = stops.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1);
  stops[(at + stops.length) % stops.length].focus();
});
