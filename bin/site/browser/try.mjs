/* global SwaggerUIBundle */

/** Starts Swagger UI with our document, against the address of this page. */

const wait = document.querySelector('.wait');
try {
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(`openapi.json: ${response.status}`);
  const spec = { ...(await response.json()), servers: [{ url: location.origin }] };
  const isDark = () => getComputedStyle(document.body).backgroundColor !== 'rgb(255, 255, 255)';
  const follow = () => document.documentElement.classList.toggle('dark-mode', isDark());
  follow();
  new MutationObserver(follow).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  SwaggerUIBundle({
    spec,
    dom_id: '#try',
    validatorUrl: null,
    docExpansion: 'none',
    deepLinking: true,
    defaultModelsExpandDepth: -1,
    onComplete: () => wait.remove(),
  });
} catch (error) {
  wait.textContent = `It could not be loaded (${error.message}). Load the page again.`;
}
