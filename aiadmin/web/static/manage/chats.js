// The chats, the newest first, and one of them beside; again when the server says that something has come.

import { formatPhone } from '../connect/phone.js';
import { $, api, main, order, problem, report, strings } from './cabinet.js';
import { clockOf, element, number } from './elements.js';
import { watchSalon } from './live.js';
import { createLog } from './log.js';
import { format } from './strings.js';

const PAGE = 50;
const clock = clockOf(main.dataset.zone);
let log = createLog($('[data-log]'), main.dataset.zone);
let search = '';
let asked = 0; // which list was asked for last
let rows = new Map(); // what is known of the chats in the list, by contact
let opened = null; // {contact, messages, before}

const nameOf = ({ name, phone }) => name || (phone ? formatPhone(phone) : strings.somebody);
const addressOf = (contact) => {
  const url = new URL(window.location.href);
  if (contact) url.searchParams.set('contact', contact);
  else url.searchParams.delete('contact');
  return url;
};

function row(chat) {
  const { contact_id: contact, at, author, words, is_human: isHuman } = chat;
  const link = element('a', '', { href: addressOf(contact), 'data-contact': contact });
  const head = element('span', '', { class: 'chat-head' });
  head.append(element('strong', nameOf(chat)), element('time', clock.short(at), { datetime: at }));
  const said = element('span', format(strings.lines[author], { words: words || strings.wordless }), { class: 'chat-words' });
  link.append(head, said);
  if (isHuman) link.append(element('span', strings.humanHas, { class: 'pill declined' }));
  if (String(opened?.contact) === String(contact)) link.setAttribute('aria-current', 'true');
  const line = element('li');
  line.append(link);
  return line;
}

async function list(before = '') {
  const mine = ++asked;
  const query = Object.fromEntries(Object.entries({ before, search }).filter(([, value]) => value));
  const page = await api.get(`conversations?${new URLSearchParams(query)}`);
  if (mine !== asked) return;
  if (!before) rows = new Map();
  for (const chat of page.chats) rows.set(String(chat.contact_id), chat);
  const place = $('[data-chats]');
  const held = document.activeElement?.dataset?.contact;
  place.replaceChildren(...[...rows.values()].map(row));
  if (held) place.querySelector(`[data-contact="${held}"]`)?.focus();
  const none = $('[data-no-chats]');
  none.hidden = rows.size > 0;
  none.textContent = search ? format(strings.noneFound, { what: search }) : strings.noMessages;
  const more = $('[data-more-chats]');
  more.hidden = !page.before;
  more.dataset.before = page.before ?? '';
}

function showFloor() {
  const chat = rows.get(String(opened.contact));
  const isHuman = Boolean(chat?.is_human);
  $('[data-floor]').textContent = isHuman ? strings.humanHas : strings.botHas;
  const give = $('[data-give]');
  give.hidden = !chat?.can_give;
  give.textContent = isHuman ? strings.giveBack : strings.take;
  give.dataset.toHuman = String(!isHuman);
}

async function messages(before = '') {
  const { contact } = opened;
  const page = await api.messages({ contact, ...(before && { before }) });
  if (opened?.contact !== contact) return;
  opened.messages = before ? [...opened.messages, ...page.messages] : page.messages;
  opened.before = page.messages.length === PAGE ? page.before : null;
  const isNew = log.show(opened.messages);
  $('[data-more]').hidden = !opened.before;
  const place = $('[data-log]');
  if (isNew && !before) place.scrollTop = place.scrollHeight;
}

async function open(contact, { focus = false } = {}) {
  opened = { contact: String(contact), messages: [], before: null };
  log = createLog($('[data-log]'), main.dataset.zone);
  $('[data-log]').replaceChildren();
  const chat = rows.get(opened.contact);
  $('[data-who]').textContent = chat ? nameOf(chat) : strings.somebody;
  $('[data-number]').textContent = chat?.phone ? formatPhone(chat.phone) : '';
  $('[data-choose]').hidden = true;
  $('[data-opened]').hidden = false;
  $('[data-columns]').dataset.open = '';
  for (const link of main.querySelectorAll('[data-contact]')) {
    if (link.dataset.contact === opened.contact) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  showFloor();
  await messages();
  if (focus) $('[data-who]').focus();
}

function close() {
  const contact = opened?.contact;
  opened = null;
  $('[data-choose]').hidden = false;
  $('[data-opened]').hidden = true;
  delete $('[data-columns]').dataset.open;
  main.querySelector(`[data-contact="${contact}"]`)?.focus();
}

const guarded = (work) => work().then(() => problem(''), report);

async function refresh({ statuses }) {
  const counted = Object.entries(statuses).filter(([, count]) => count).map(([status, count]) => `${strings.statuses[status]}: ${number.format(count)}`);
  $('[data-statuses]').textContent = counted.length ? format(strings.week, { statuses: counted.join(', ') }) : strings.quietWeek;
  if (rows.size <= 30) await list();
  if (!opened) return;
  showFloor();
  if (opened.messages.length <= PAGE) await messages();
}

$('[data-filter]').addEventListener('submit', (event) => {
  event.preventDefault();
  search = $('[data-search]').value.trim();
  guarded(() => list());
});
$('[data-more-chats]').addEventListener('click', ({ target }) => guarded(() => list(target.dataset.before)));
$('[data-more]').addEventListener('click', () => guarded(() => messages(opened.before)));
$('[data-chats]').addEventListener('click', (event) => {
  const link = event.target.closest('[data-contact]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  window.history.pushState(null, '', addressOf(link.dataset.contact));
  guarded(() => open(link.dataset.contact, { focus: true }));
});
$('[data-back]').addEventListener('click', () => {
  window.history.replaceState(null, '', addressOf(null));
  close();
});
$('[data-give]').addEventListener('click', async ({ target }) => {
  const now = await order('bot/floor', { contact_id: Number(opened.contact), to_human: target.dataset.toHuman === 'true' });
  if (!now) return;
  Object.assign(rows.get(opened.contact) ?? {}, { is_human: now.is_human, human_until: now.until });
  showFloor();
  await guarded(() => list());
});

const named = () => new URLSearchParams(window.location.search).get('contact');
window.addEventListener('popstate', () => (named() ? guarded(() => open(named())) : close()));

guarded(async () => {
  await list();
  if (/^[1-9][0-9]{0,9}$/.test(named() ?? '')) await open(named());
}).finally(() => {
  main.dataset.ready = '';
  watchSalon({ show: refresh });
});
