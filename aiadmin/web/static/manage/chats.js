// what was written, newest first, and again when the server says that something has come.

import { $, api, main, problem, report, strings } from './cabinet.js';
import { watchSalon } from './live.js';
import { createLog } from './log.js';
import { format } from './strings.js';

const log = createLog(main);
let phone = '';
let list = 0; // which list was asked for last

function complain(flaw) {
  const place = $('[data-filter-flaw]');
  place.textContent = flaw ?? '';
  place.hidden = !flaw;
  $('[data-phone]').setAttribute('aria-invalid', String(Boolean(flaw)));
}

async function show(before = '') {
  const asked = ++list;
  const query = Object.fromEntries(Object.entries({ before, phone }).filter(([, value]) => value));
  try {
    const page = await api.messages(query);
    if (asked !== list) return;
    const nothing = phone ? format(strings.noneFound, { what: phone }) : strings.noMessages;
    log.show(page, { append: Boolean(before), nothing });
    complain(null);
    problem('');
  } catch (refusal) {
    const flaw = refusal.body?.fields?.phone;
    complain(flaw);
    report(flaw ? { message: flaw } : refusal);
  }
}

async function refresh({ statuses }) {
  log.statuses(statuses);
  const asked = list;
  if (phone) return;
  const page = await api.messages({});
  if (asked === list) log.refresh(page);
}

$('[data-filter]').addEventListener('submit', (event) => {
  event.preventDefault();
  phone = $('[data-phone]').value.trim();
  show();
});
$('[data-more]').addEventListener('click', ({ target }) => show(target.dataset.before));
show().finally(() => {
  main.dataset.ready = '';
  watchSalon({ show: refresh });
});
