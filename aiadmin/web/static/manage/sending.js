// what is sent to whom, one of it taken out, and how much is sent at most.

import { $, api, main, order, report, say } from './cabinet.js';
import { watchDraft } from './drafts.js';
import { complainOf, readSettings, sentenceOf, writeSettings } from './settings.js';
import { strings } from './strings.js';

const form = $('[data-settings]');

const draft = watchDraft(`sending:${main.dataset.companyId}`, form, {
  read: () => readSettings(form),
  write: (settings) => writeSettings(form, settings),
  show(isDirty) {
    $('[data-dirty]').hidden = !isDirty;
    $('[data-undo]').hidden = !isDirty;
  },
});

$('[data-undo]').addEventListener('click', () => {
  draft.undo();
  complainOf(form);
});
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const { settings, text } = await api.change('settings', { settings: readSettings(form) });
    complainOf(form);
    writeSettings(form, settings);
    draft.settle();
    say(text);
  } catch (refusal) {
    complainOf(form, refusal.body?.fields);
    report(sentenceOf(refusal));
  }
});

main.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-withdraw]');
  if (!button || button.disabled) return;
  button.disabled = true;
  const { record, kind } = button.dataset;
  const line = button.closest('li');
  if (!(await order('notices/withdraw', { record_id: Number(record), kind }))) {
    button.disabled = false;
    return;
  }
  const next = line.nextElementSibling?.querySelector('button') ?? $('#plan-title');
  line.classList.add('off');
  const why = document.createElement('span');
  why.className = 'why';
  why.textContent = strings.withdrawn;
  line.querySelector('.grow').append(why);
  button.remove();
  next.focus();
});
main.dataset.ready = '';
