// the phone, YClients, the journal, and where the cabinet is open.

import { bindCopy } from '../connect/controls.js';
import { $, api, main, order, problem, report, say } from './cabinet.js';
import { watchSalon } from './live.js';
import { createView } from './view.js';

const BUSY = new Set(['waiting', 'running']);
const view = createView(main);

const watch = watchSalon({
  show: view.overview,
  onSync(run, lookSoon) {
    if (run.kind !== 'full') return;
    view.sync(run);
    if (!BUSY.has(run.state)) lookSoon();
  },
});

async function change(what) {
  if (await order(what)) await watch.look();
}

let isPaying = false; // a tab of YClients' is open: whoever comes back from it wants to know

/** What YClients knows of the payment, and what has come of it. */
async function askPaid() {
  const told = await order('payment/state');
  if (!told) return;
  $('[data-paid-until]').textContent = told.text;
  $('[data-paid-until]').hidden = false;
  await watch.look();
  isPaying &&= !$('[data-action="pay"]').hidden;
}

/** The tab opens with the click, before anybody is asked: a browser blocks one that opens later. */
async function pay() {
  const tab = window.open('', '_blank');
  try {
    const { url } = await api.order('payment');
    problem('');
    isPaying = true;
    if (tab) {
      tab.opener = null;
      tab.location = url;
    } else window.location.assign(url);
  } catch (refusal) {
    tab?.close();
    report(refusal);
  }
}

const on = (selector, work) => $(selector).addEventListener('click', work);
on('[data-action="disconnect"]', async () => (await view.confirm()) && change('disconnect'));
on('[data-action="retry"]', () => change('activation'));
on('[data-action="read"]', () => change('sync'));
on('[data-action="pay"]', pay);

on('[data-paid]', async ({ target }) => {
  target.disabled = true;
  await askPaid();
  target.disabled = false;
});
document.addEventListener('visibilitychange', () => document.hidden || !isPaying || askPaid());

on('[data-browsers]', async ({ target }) => {
  const { end } = target.dataset;
  if (!end || !(await order(`browsers/${end}/end`))) return;
  target.closest('li').remove();
  $('#browsers-title').tabIndex = -1;
  $('#browsers-title').focus();
});
on('[data-end-all]', async () => {
  if (await order('browsers/end-all')) window.location.reload();
});
on('[data-make-link]', async () => {
  const made = await order('browsers/link');
  if (!made) return;
  $('[data-link-made]').hidden = false;
  $('[data-device-link]').textContent = made.url;
  $('[data-copy]').focus();
});
bindCopy($('[data-copy]'), $('[data-device-link]'), say);
