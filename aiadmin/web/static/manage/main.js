// The management page: asks how things stand, and again when the server says that something has changed.

import { loop } from '../connect/http.js';
import { createApi } from './api.js';
import { cleanAddress } from './address.js';
import { openSettings } from './settings.js';
import { createView } from './view.js';

const ASK_MS = 15_000; // pub/sub may lose an event
const CALM_MS = 3_000; // news come in bunches, and the server counts what we ask
const BUSY = new Set(['waiting', 'running']);
const CLOSED = new Set(['session-missing', 'session-expired', 'session-closed', 'session-left', 'link-invalid']);

const main = document.querySelector('main');
const { token, companyId, socketUrlPath } = main.dataset;
const view = createView(main);
const api = createApi(companyId);
let phone = '';
let list = 0; // which list of messages was asked for last
let lookedAt = -Infinity;
let planned = 0;

function report(refusal) {
  if (CLOSED.has(refusal.code)) poll.stop();
  view.problem(refusal.message);
}

/** Looks, one at a time, as long as the link is good. */
const poll = loop(async () => {
  lookedAt = performance.now();
  try {
    view.overview(await api.overview());
    view.problem('');
    return ASK_MS;
  } catch (refusal) {
    if (refusal.code !== 'too-many-requests') report(refusal); // ours to wait, not the reader's
    return Math.max(refusal.waitMs ?? 0, ASK_MS);
  }
});

/** Looks soon: at once after a calm, and never more often than the calm allows. */
function lookSoon() {
  if (planned) return;
  planned = setTimeout(() => {
    planned = 0;
    poll.wake();
  }, Math.max(0, lookedAt + CALM_MS - performance.now()));
}

function hearSync(run) {
  if (run.kind !== 'full') return;
  view.sync(run);
  if (!BUSY.has(run.state)) lookSoon();
}

async function showMessages(before = '') {
  const asked = ++list;
  const query = Object.fromEntries(Object.entries({ before, phone }).filter(([, value]) => value));
  try {
    const page = await api.messages(query);
    if (asked === list) view.messages(page, { append: Boolean(before) });
    view.problem('');
  } catch (refusal) {
    report(refusal);
  }
}

async function order(what) {
  try {
    const { text } = await api.order(what);
    view.problem('');
    view.say(text);
    view.overview(await api.overview());
  } catch (refusal) {
    report(refusal);
  }
}

/** The tab opens with the click, before anybody is asked: a browser blocks one that opens later. */
async function pay() {
  const tab = window.open('', '_blank');
  try {
    const { url } = await api.order('payment');
    view.problem('');
    if (tab) {
      tab.opener = null;
      tab.location = url;
    } else window.location.assign(url);
  } catch (refusal) {
    tab?.close();
    report(refusal);
  }
}

// The client library comes last: without it the page only asks less often.
async function listen() {
  const { openNews } = await import('./news.js');
  openNews({ token, companyId, path: socketUrlPath, onSync: hearSync, onNews: lookSoon, onLink: view.link });
}

view.bind({
  disconnect: async () => (await view.confirm()) && order('disconnect'),
  retry: () => order('activation'),
  pay,
  readAgain: () => order('sync'),
  more: showMessages,
  filter: (typed) => {
    phone = typed.trim();
    showMessages();
  },
});

cleanAddress();
poll.start();
openSettings(main, api).catch(report);
showMessages();
listen().catch(() => {});
