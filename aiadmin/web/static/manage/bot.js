// The bot's page: a chat to try it out in, and its settings. The server has written both into the page already.

import { $, api, main, problem, report, say as announce } from './cabinet.js';
import { guardLeaving } from './drafts.js';
import { format, strings } from './strings.js';

const make = (tag, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};

// The chat

let chat = crypto.randomUUID();
const talk = $('[data-talk]');
const form = $('[data-say]');
const words = form.elements.words;

function line(who, text) {
  const item = make('li', { textContent: text });
  item.dataset.who = who;
  talk.append(item);
  talk.scrollTop = talk.scrollHeight;
  return item;
}

function list(title, lines) {
  return [make('dt', { textContent: title }), ...(lines.length ? lines : [strings.nothing]).map((one) => make('dd', { textContent: one }))];
}

function reason({ understood, looked_up: lookedUp, decided }) {
  const told = make('dl', {}, ...list(strings.understood, understood), ...list(strings.lookedUp, lookedUp), ...list(strings.decided, [decided]));
  return make('details', {}, make('summary', { textContent: strings.why }), told);
}

function answered({ text, to_salon: toSalon, agreed, why }) {
  line(text ? 'bot' : 'note', text || strings.silent);
  if (agreed) line('note', format(strings.agreed, { what: agreed }));
  if (toSalon) line('note', format(strings.toSalon, { text: toSalon }));
  talk.append(make('li', { className: 'why' }, reason(why)));
  talk.lastElementChild.dataset.who = 'note';
  talk.scrollTop = talk.scrollHeight;
}

async function say() {
  const said = words.value.trim();
  if (!said || form.dataset.busy) return;
  form.dataset.busy = 'yes';
  line('client', said);
  words.value = '';
  try {
    const phone = $('[data-phone]').value.trim() || null;
    answered(await api.change('bot/try', { chat, words: said, phone }));
    problem('');
  } catch (refusal) {
    problem(refusal.message);
    words.value = said;
    talk.lastElementChild.remove();
  } finally {
    delete form.dataset.busy;
    words.focus();
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  say();
});
words.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  say();
});
function startAgain() {
  chat = crypto.randomUUID();
  talk.replaceChildren();
  words.focus();
}
$('[data-again]').addEventListener('click', startAgain);
$('[data-phone]').addEventListener('change', startAgain);

// The settings

const settings = $('[data-settings]');
const checked = (name) => [...settings.querySelectorAll(`[name="${name}"]:checked`)].map(({ value }) => value);

function factRow(topic = '', answer = '') {
  const field = (kind, label, value) => {
    const input = make('input', { value, maxLength: kind === 'topic' ? 60 : 500, ariaLabel: label });
    input.dataset[kind] = '';
    return input;
  };
  const remove = make('button', { type: 'button', className: 'button quiet', textContent: '×', ariaLabel: strings.remove });
  remove.dataset.remove = '';
  return make('div', { className: 'fact' }, field('topic', strings.topic, topic), field('answer', strings.answer, answer), remove);
}

function facts() {
  const rows = [...settings.querySelectorAll('.fact')].map((row) => [row.querySelector('[data-topic]').value.trim(), row.querySelector('[data-answer]').value.trim()]);
  return Object.fromEntries(rows.filter(([topic, answer]) => topic || answer));
}

function read() {
  const { elements } = settings;
  const given = {
    mode: checked('mode')[0],
    test_phones: elements.test_phones.value.split(/[,;\n]/).map((one) => one.trim()).filter(Boolean),
    abilities: checked('abilities'),
    staff: Object.fromEntries([...settings.querySelectorAll('[name="staff"]')].map((box) => [box.value, box.checked])),
    facts: facts(),
    rules: Object.fromEntries([...settings.querySelectorAll('[name^="rule_"]')].map(({ name, value }) => [name.slice(5), value.trim()])),
    gap_minutes: Number(elements.gap_minutes.value || 0),
    night: elements.night.checked ? { after: elements.night_after.value, not_before: elements.night_not_before.value } : null,
    greeting: elements.greeting.value,
    signature: elements.signature.value,
    english: elements.english.checked,
    waiting_list: elements.waiting_list.checked,
  };
  for (const name of ['model_abroad', 'speech_abroad']) {
    if (elements[name]) given[name] = elements[name].checked;
  }
  return given;
}

function complain(fields = {}) {
  for (const place of settings.querySelectorAll('[data-flaw]')) {
    const flaw = fields[place.dataset.flaw];
    place.textContent = flaw ?? '';
    place.hidden = !flaw;
    settings.elements[place.dataset.flaw]?.setAttribute?.('aria-invalid', String(Boolean(flaw)));
  }
  settings.querySelector('[data-flaw]:not([hidden])')?.scrollIntoView({ block: 'center' });
}

settings.addEventListener('click', ({ target }) => {
  if (target.matches('[data-remove]')) target.closest('.fact').remove();
  if (target.matches('[data-add]')) {
    const row = factRow();
    $('[data-facts]').append(row);
    row.querySelector('input').focus();
  }
});

settings.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const given = read();
    const { text } = await api.change('bot/settings', { settings: given });
    complain();
    saved = JSON.stringify(given);
    showUnsaved();
    announce(text);
  } catch (refusal) {
    const fields = refusal.body?.fields ?? {};
    complain(fields);
    report(Object.keys(fields).length ? { message: Object.values(fields).join(' ') } : refusal);
  }
});

let saved = JSON.stringify(read());
const isUnsaved = () => JSON.stringify(read()) !== saved;
const showUnsaved = () => { $('[data-dirty]').hidden = !isUnsaved(); };
for (const event of ['input', 'change', 'click']) settings.addEventListener(event, showUnsaved);
guardLeaving(isUnsaved);

// The dialogues

const phoneOf = (digits) => (digits ? `+${digits}` : '');
const moment = new Intl.DateTimeFormat('ru-RU', { timeZone: main.dataset.zone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
let before = null;

function turnLines({ at, heard, reply, why }) {
  const said = make('li', { textContent: heard.join('\n') });
  said.dataset.who = 'client';
  const lines = [said];
  if (reply) {
    const answer = make('li', { textContent: reply });
    answer.dataset.who = 'bot';
    lines.push(answer);
  }
  const note = make('li', { className: 'why' }, make('time', { dateTime: at, textContent: moment.format(new Date(at)) }), reason(why));
  note.dataset.who = 'note';
  return [...lines, note];
}

function dialogue(chat) {
  const { contact_id: contact, name, phone, at, said, verdict } = chat;
  const row = make('details', { className: 'dialogue' });
  const state = make('span', { className: 'state' });
  const who = make('strong', { textContent: name || phoneOf(phone) || strings.noName });
  const title = make('summary', {}, who, make('span', { className: 'verdict', textContent: verdict }), state, make('time', { dateTime: at, textContent: moment.format(new Date(at)) }), make('span', { className: 'words', textContent: said }));
  const lines = make('ol', { className: 'talk' });
  const floor = make('button', { type: 'button', className: 'button quiet' });
  const told = make('p', { role: 'status' });

  function show(isHuman) {
    state.textContent = isHuman ? strings.humanHas : '';
    floor.textContent = isHuman ? strings.giveBack : strings.take;
    floor.dataset.toHuman = String(!isHuman);
  }

  row.append(title, lines, make('div', { className: 'actions' }, floor, told));
  show(chat.is_human);
  row.addEventListener('toggle', async () => {
    if (!row.open || lines.childElementCount) return;
    try {
      const { turns } = await api.get(`bot/chats/${contact}`);
      lines.replaceChildren(...turns.flatMap(turnLines));
    } catch (refusal) {
      problem(refusal.message);
    }
  });
  floor.addEventListener('click', async () => {
    try {
      const now = await api.change('bot/floor', { contact_id: contact, to_human: floor.dataset.toHuman === 'true' });
      show(now.is_human);
      told.textContent = now.text;
    } catch (refusal) {
      problem(refusal.message);
    }
  });
  return row;
}

async function showDialogues() {
  try {
    const page = await api.get(before ? `bot/chats?before=${before}` : 'bot/chats');
    $('[data-dialogues]').append(...page.chats.map(dialogue));
    $('[data-no-dialogues]').hidden = Boolean($('.dialogue'));
    $('[data-more]').hidden = !page.before;
    before = page.before;
  } catch (refusal) {
    problem(refusal.message);
  }
}

$('[data-more]').addEventListener('click', showDialogues);

showDialogues().finally(() => {
  main.dataset.ready = 'yes';
});
