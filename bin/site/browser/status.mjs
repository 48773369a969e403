/** Shows the status of this moment, and looks again while somebody may be reading. */

const EVERY_MS = 15_000;
const ANSWER_MS_MAX = 10_000;
const STATES = { up: 'Up', slow: 'Slow', held: 'Held', off: 'Off', down: 'Down', unknown: 'Not known' };
const COMPONENTS = { orders: 'our own test order, every five minutes' };

const panel = document.querySelector('#now');
const overall = panel.querySelector('.overall');
const list = panel.querySelector('ul');
const checked = panel.querySelector('.checked');

async function read() {
  try {
    const answer = await fetch(panel.dataset.url, { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

function sentenceOf({ status, components = [], providers }) {
  if (components.some(({ state }) => state === 'down')) return 'Orders fail at present: our own test orders do.';
  const delayed = providers.filter(({ state }) => state === 'slow' || state === 'held');
  const networks = delayed.flatMap((each) => each.networks).join(', ');
  if (delayed.length > 0) return `Some orders wait or take long${networks ? `: ${networks}` : ''}.`;
  if (providers.every(({ state }) => state === 'off')) return 'The API answers. No provider is in use here.';
  return status === 'ok' ? 'All orders are sent at once.' : 'The API answers.';
}

function part(tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function sinceOf(since) {
  const time = part('time', new Date(since).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' }));
  time.dateTime = since;
  const line = part('small', 'since ');
  line.append(time);
  return line;
}

function componentOf({ component, state, since }) {
  return itemOf(component, COMPONENTS[component] ?? '', state, since);
}

function providerOf({ provider, state, since, networks }) {
  return itemOf(provider, countriesOf(networks).join(' · ') || 'nothing sold at present', state, since);
}

function itemOf(title, text, state, since) {
  const item = document.createElement('li');
  const name = part('div', '');
  name.append(part('strong', title), ' ', part('span', text));
  item.append(part('b', STATES[state] ?? state, `state ${state}`), name);
  if (since !== null) item.append(sinceOf(since));
  return item;
}

/** `KE Airtel` and `KE Telkom` are `KE: Airtel, Telkom`. */
function countriesOf(networks) {
  const byCountry = Map.groupBy(networks, (network) => network.slice(0, 2));
  return [...byCountry].map(([country, all]) => `${country}: ${all.map((each) => each.slice(3)).join(', ')}`);
}

/** Nothing is read out again while it stays the same. */
function say(text) {
  if (overall.textContent !== text) overall.textContent = text;
}

async function show() {
  const found = await read();
  const state = found === undefined ? 'down' : found.status;
  panel.dataset.state = state;
  say(found ? sentenceOf(found) : 'The API does not answer from where you are.');
  const { components = [], providers = [] } = found ?? {};
  list.replaceChildren(...components.map(componentOf), ...providers.map(providerOf));
  const at = new Date().toLocaleTimeString();
  checked.textContent = `Looked at ${at}, and every ${EVERY_MS / 1000} seconds.`;
}

setInterval(() => {
  if (!document.hidden) show();
}, EVERY_MS);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) show();
});
show();
