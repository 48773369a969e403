/** Runs before the page is shown, so that nobody sees the other colours first. */
document.documentElement.classList.add('js');
try {
  const theme = localStorage.getItem('theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the colours are those of the system.
}
