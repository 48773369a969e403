import { nearest } from '../nearest.ts';

/** The page for what is not there names the one whose address is most like the one that was asked for. */

const links = [...document.querySelectorAll('nav.side a')];
const path = nearest(
  location.pathname,
  links.map(({ pathname }) => pathname),
);
const found = links.find(({ pathname }) => pathname === path);
if (found) {
  const link = document.createElement('a');
  link.href = found.href;
  link.textContent = found.textContent;
  document.querySelector('#missing .nearest').append('Did you mean ', link, '?');
}
