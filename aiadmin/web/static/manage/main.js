// The management page: asks how things stand, and again whenever the server says that something has changed.

import { settleAddress } from '../connect/token.js';
import { createApi } from './api.js';
import { createView } from './view.js';

const ASK_MS = 15_000; // pub/sub may lose an event
const SOON_MS = 300; // news come in bunches
const CLOSED = new Set(['link-expired', 'link-revoked', 'link-invalid', 'unauthorized']);

const main = document.querySelector('main');
const { token, companyId, socketUrlPath } = main.dataset;
const view = createView(main);
const api = createApi(token);
let phone = '';
let timer = 0;
let closed = false;

async function guarded(work) {
  try {
    const done = await work();
    view.problem('');
    return done;
  } catch (refusal) {
    if (CLOSED.has(refusal.code)) closed = true;
    view.problem(refusal.message);
    return null;
  }
}

async function look() {
  clearTimeout(timer);
  if (closed) return;
  const seen = await guarded(api.overview);
  if (seen) view.overview(seen);
  timer = setTimeout(look, ASK_MS);
}

function lookSoon() {
  clearTimeout(timer);
  timer = setTimeout(look, SOON_MS);
}

async function showMessages(before = '') {
  const query = Object.fromEntries(Object.entries({ before, phone }).filter(([, value]) => value));
  const page = await guarded(() => api.messages(query));
  if (page) view.messages(page, { append: Boolean(before) });
}

async function order(what) {
  const done = await guarded(() => api.order(what));
  if (done) view.say(done.text);
  await look();
}

// The client library comes last: without it the page only asks less often.
async function listen() {
  const { openNews } = await import('./news.js');
  openNews({ token, companyId, path: socketUrlPath, onNews: lookSoon });
}

view.bind({
  disconnect: async () => (await view.confirm()) && order('disconnect'),
  retry: () => order('activation'),
  readAgain: () => order('sync'),
  more: showMessages,
  filter: (typed) => {
    phone = typed.trim();
    showMessages();
  },
});

if (!settleAddress({ token, companyId, pageState: 'open' })) {
  look().then(() => showMessages());
  listen().catch(() => {});
}
