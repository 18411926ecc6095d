// The chats, the newest first, and one of them beside; again when the server says that something has come.

import { formatPhone } from '../connect/phone.js';
import { $, api, main, order, problem, report, strings } from './cabinet.js';
import { watchTyped } from './drafts.js';
import { clockOf, element, number, redraw } from './elements.js';
import { watchSalon } from './live.js';
import { createLog } from './log.js';
import { format } from './strings.js';

const PAGE = 50;
const CALM_MS = 700; // a burst of messages is asked for once
const SPACED_MS = 4_000; // the server counts what an address asks, and a desk may have several tabs
const clock = clockOf(main.dataset.zone);
const thread = $('[data-log]');
let log = createLog(thread, main.dataset.zone);
let search = '';
let asked = 0; // which list was asked for last
let rows = new Map(); // what is known of the chats in the list, by contact
let turns = 0; // how often the floor was asked for or given here
let opened = null; // {contact, card, messages, before}

const nameOf = ({ name, phone }) => name || (phone ? formatPhone(phone) : strings.somebody);
const addressOf = (contact) => {
  const url = new URL(window.location.href);
  if (contact) url.searchParams.set('contact', contact);
  else url.searchParams.delete('contact');
  return url;
};

// The list

function row(chat) {
  const { contact_id: contact, at, author, words, unread, is_human: isHuman } = chat;
  const link = element('a', '', { href: addressOf(contact), 'data-contact': contact });
  const head = element('span', '', { class: 'chat-head' });
  head.append(element('strong', nameOf(chat)), element('time', clock.short(at), { datetime: at }));
  const said = element('span', format(strings.lines[author], { words: words || strings.wordless }), { class: 'chat-words' });
  link.append(head, said);
  const marks = element('span', '', { class: 'chat-marks' });
  if (isHuman) marks.append(element('span', strings.humanHas, { class: 'pill declined' }));
  if (unread) {
    const count = element('span', '', { class: 'unread' });
    count.append(element('span', number.format(unread), { 'aria-hidden': 'true' }), element('span', format(strings.unread, { count: number.format(unread) }), { class: 'unseen' }));
    marks.append(count);
  }
  if (marks.childElementCount) link.append(marks);
  if (String(opened?.contact) === String(contact)) link.setAttribute('aria-current', 'true');
  const line = element('li');
  line.append(link);
  return line;
}

function showRows() {
  const place = $('[data-chats]');
  const held = document.activeElement?.dataset?.contact;
  redraw(place, [...rows.values()].map(row));
  if (held && held !== document.activeElement?.dataset?.contact) place.querySelector(`[data-contact="${held}"]`)?.focus();
}

async function list(before = '') {
  const mine = ++asked;
  const query = Object.fromEntries(Object.entries({ before, search }).filter(([, value]) => value));
  const page = await api.get(`conversations?${new URLSearchParams(query)}`);
  if (mine !== asked) return;
  if (!before) rows = new Map();
  for (const chat of page.chats) rows.set(String(chat.contact_id), chat);
  showRows();
  const none = $('[data-no-chats]');
  none.hidden = rows.size > 0;
  none.textContent = search ? format(strings.noneFound, { what: search }) : strings.noMessages;
  const more = $('[data-more-chats]');
  more.hidden = !page.before;
  more.dataset.before = page.before ?? '';
}

// One chat

function showFloor({ can_give: canGive, is_human: isHuman }) {
  $('[data-floor]').textContent = isHuman ? strings.humanHas : strings.botHas;
  const give = $('[data-give]');
  give.hidden = !canGive;
  give.textContent = isHuman ? strings.giveBack : strings.take;
  give.dataset.toHuman = String(!isHuman);
}

const isAtEnd = () => thread.scrollTop + thread.clientHeight >= thread.scrollHeight - 40;
const toEnd = () => { thread.scrollTop = thread.scrollHeight; };

/** Makes a change that leaves the log less room: who reads its end goes on reading it. */
function keepingEnd(change) {
  const held = isAtEnd();
  change();
  if (held) toEnd();
}

function visitLine(title, { when, what, attendance }) {
  const line = element('p');
  line.append(element('strong', title), ` ${when}`, element('span', [what, attendance].filter(Boolean).join(' · ')));
  return line;
}

function showCard(card) {
  $('[data-who]').textContent = nameOf(card);
  $('[data-number]').textContent = card.phone ? formatPhone(card.phone) : '';
  showFloor(card);
  const place = $('[data-visit]');
  const [next, ...later] = card.upcoming;
  const lines = [
    card.is_opted_out && element('p', strings.optedOut, { class: 'flaw' }),
    next ? visitLine(strings.nextVisit, next) : element('p', strings.noVisit),
    ...later.map((one) => visitLine(strings.laterVisit, one)),
    !next && card.last && visitLine(strings.lastVisit, card.last),
  ];
  keepingEnd(() => {
    place.replaceChildren(...lines.filter(Boolean));
    place.hidden = false;
  });
}

/** A card that was asked for before the floor changed hands here is old. */
async function readCard() {
  const { contact } = opened;
  const before = turns;
  const card = await api.get(`conversations/${contact}`);
  if (opened?.contact !== contact) return;
  if (before !== turns) {
    await readCard();
    return;
  }
  opened.card = card;
  showCard(card);
}

/** What the reader sees is read. The log tells whole seconds: what came in the same one is read with it. */
async function markSeen() {
  const { contact, messages: [newest] } = opened;
  const chat = rows.get(contact);
  if (!newest || !chat?.unread || document.hidden) return;
  const upTo = new Date(Date.parse(newest.at) + 1000).toISOString();
  await api.change('conversations/seen', { contact_id: Number(contact), up_to: upTo });
  chat.unread = 0;
  showRows();
}

/** Times are whole seconds, and an answer may come in the same. */
const isAnother = (one, other) => one.at !== other.at || one.author !== other.author || one.text !== other.text;

async function messages(before = '') {
  const { contact } = opened;
  const page = await api.messages({ contact, ...(before && { before }) });
  if (opened?.contact !== contact) return;
  const newest = opened.messages[0];
  opened.messages = before ? [...opened.messages, ...page.messages] : page.messages;
  opened.before = page.messages.length === PAGE ? page.before : null;
  const held = isAtEnd();
  const isNew = log.show(opened.messages);
  $('[data-more]').hidden = !opened.before;
  if (isNew && !before && (held || !newest)) toEnd();
  const [last] = opened.messages;
  if (newest && !before && last?.author === 'in' && isAnother(last, newest)) $('[data-heard]').textContent = format(strings.saidNow, { name: nameOf(opened.card ?? {}), words: last.text ?? strings.wordless });
}

async function open(contact, { focus = false } = {}) {
  opened = { contact: String(contact), card: null, messages: [], before: null };
  log = createLog(thread, main.dataset.zone);
  thread.replaceChildren();
  $('[data-heard]').textContent = '';
  const chat = rows.get(opened.contact);
  $('[data-who]').textContent = chat ? nameOf(chat) : '';
  $('[data-number]').textContent = chat?.phone ? formatPhone(chat.phone) : '';
  $('[data-visit]').hidden = true;
  $('[data-choose]').hidden = true;
  $('[data-opened]').hidden = false;
  $('[data-columns]').dataset.open = '';
  for (const link of main.querySelectorAll('[data-contact]')) {
    if (link.dataset.contact === opened.contact) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  showFloor(chat ?? {});
  composer?.open(opened.contact);
  if (focus) $('[data-who]').focus();
  try {
    await Promise.all([messages(), readCard()]);
  } catch (refusal) {
    if (refusal.code === 'no-chat') close();
    throw refusal;
  }
  await markSeen();
}

function close() {
  const contact = opened?.contact;
  opened = null;
  $('[data-choose]').hidden = false;
  $('[data-opened]').hidden = true;
  delete $('[data-columns]').dataset.open;
  main.querySelector(`[data-contact="${contact}"]`)?.focus();
}

// What the salon writes

function bindComposer() {
  const form = $('[data-reply]');
  if (!form) return null;
  const area = form.querySelector('textarea');
  const flaw = $('[data-reply-flaw]');
  const typed = watchTyped(area, (contact) => `reply:${main.dataset.companyId}:${contact}`);
  let key = null; // of the words in hand: the same words again are the same message
  let isSending = false;

  function complain(text = '') {
    flaw.textContent = text;
    flaw.hidden = !text;
    if (text) area.setAttribute('aria-invalid', 'true');
    else area.removeAttribute('aria-invalid');
  }

  async function send() {
    const { contact } = opened;
    const words = area.value.trim();
    if (!words || isSending) return area.focus();
    isSending = true;
    form.dataset.busy = '';
    key ??= crypto.randomUUID();
    try {
      const sent = await api.change('conversations/reply', { contact_id: Number(contact), text: words, key });
      key = null;
      typed.clear(contact);
      complain();
      problem('');
      if (opened?.contact !== contact) return null;
      turns += 1;
      showFloor({ can_give: true, is_human: sent.is_human });
      await look().catch(() => {}); // it is on its way, whatever comes of looking
      toEnd();
    } catch (refusal) {
      const said = refusal.body?.fields?.text ?? refusal.message;
      complain(Array.isArray(said) ? said.join(' ') : said);
    } finally {
      isSending = false;
      delete form.dataset.busy;
      area.focus();
    }
    return null;
  }

  area.addEventListener('input', () => {
    key = null;
    complain();
  });
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || window.matchMedia('(pointer: coarse)').matches) return;
    event.preventDefault();
    send();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  return {
    open(contact) {
      key = null;
      complain();
      typed.open(contact);
    },
  };
}
const composer = bindComposer();

// What changes meanwhile

const guarded = (work) => work().then(() => problem(''), report);
let planned = 0;
let lookedAt = -Infinity;

/** Looks again at what is shown: the list where nobody has leafed further, and the chat where nobody reads its past. */
async function look() {
  lookedAt = performance.now();
  if (rows.size <= 30) await list();
  if (!opened) return;
  if (opened.messages.length <= PAGE) await messages();
  await markSeen();
  await readCard();
}

/** Looks within a moment, or later where that was lately; a tab that nobody sees waits until somebody does. */
function lookSoon(waitMs = 0) {
  if (planned || document.hidden) return;
  planned = setTimeout(async () => {
    planned = 0;
    try {
      await look();
    } catch (refusal) {
      if (refusal.waitMs) lookSoon(refusal.waitMs); // what else is wrong, the next look of the page says
    }
  }, Math.max(waitMs, CALM_MS, lookedAt + SPACED_MS - performance.now()));
}

async function refresh({ statuses }) {
  const counted = Object.entries(statuses).filter(([, count]) => count).map(([status, count]) => `${strings.statuses[status]}: ${number.format(count)}`);
  $('[data-statuses]').textContent = counted.length ? format(strings.week, { statuses: counted.join(', ') }) : strings.quietWeek;
  await look();
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
  turns += 1; // also what is being read now
  const now = await order('bot/floor', { contact_id: Number(opened.contact), to_human: target.dataset.toHuman === 'true' });
  turns += 1;
  if (!now) return;
  showFloor({ can_give: true, is_human: now.is_human });
  await guarded(() => list());
});
document.addEventListener('visibilitychange', () => document.hidden || lookSoon());

const named = () => new URLSearchParams(window.location.search).get('contact');
window.addEventListener('popstate', () => (named() ? guarded(() => open(named())) : close()));

guarded(async () => {
  await list();
  if (/^[1-9][0-9]{0,9}$/.test(named() ?? '')) await open(named());
}).finally(() => {
  main.dataset.ready = '';
  watchSalon({ show: refresh, onMessages: () => lookSoon() });
});
