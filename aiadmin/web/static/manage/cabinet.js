// What every section has: the salon it is about, the one place for news, the menus, and the way out.

import { cleanAddress } from './address.js';
import { createApi } from './api.js';
import { strings } from './strings.js';

const SEEN_MS = 6_000;
const CLOSED = new Set(['session-missing', 'session-expired', 'session-closed', 'session-left', 'link-invalid']);

export const main = document.querySelector('main');
export const $ = (selector) => main.querySelector(selector);
export const api = createApi(main.dataset.companyId);

let fading = 0;

/** Says that something succeeded; it goes by itself. */
export function say(text) {
  clearTimeout(fading);
  problem('');
  $('[data-live]').textContent = text;
  fading = setTimeout(() => { $('[data-live]').textContent = ''; }, SEEN_MS);
}

/** Says what went wrong until something succeeds; '' says that nothing is. */
export function problem(text) {
  const place = $('[data-problem]');
  if (text) $('[data-live]').textContent = '';
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

export const report = (refusal) => problem(refusal.message);

/** Whether a refusal means that this browser is let in no more. */
export const isClosed = (refusal) => CLOSED.has(refusal.code);

/** Orders something, and says what came of it; resolves to the answer, or to null where it was refused. */
export async function order(what, body) {
  try {
    const answer = await (body ? api.change(what, body) : api.order(what));
    say(answer.text ?? '');
    return answer;
  } catch (refusal) {
    report(refusal);
    return null;
  }
}

function bindMore() {
  const button = document.querySelector('[data-more-sections]');
  const set = (open) => button.setAttribute('aria-expanded', String(open));
  const isOpen = () => button.getAttribute('aria-expanded') === 'true';
  button.addEventListener('click', () => set(!isOpen()));
  document.addEventListener('click', ({ target }) => isOpen() && !target.closest('.bar') && set(false));
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape') return;
    if (isOpen()) {
      set(false);
      button.focus();
    }
    const menu = document.querySelector('[data-menu][open]');
    if (menu) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
}

document.querySelector('[data-logout]').addEventListener('click', async () => {
  if (await order('logout')) window.location.reload();
});
bindMore();
cleanAddress();
if (main.classList.contains('help')) main.dataset.ready = '';

export { strings };
