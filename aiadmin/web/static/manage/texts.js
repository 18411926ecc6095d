// each kind of message: whether it is sent and when, its text with a preview while one types, a trial to one's own phone.

import { $, api, main, report, say } from './cabinet.js';
import { watchDraft } from './drafts.js';
import { complainOf, readSettings, sentenceOf, writeSettings } from './settings.js';
import { format, strings } from './strings.js';

const TYPING_MS = 400;
const PHONE = 'aiadmin:trial-phone';
const LONGEST = 1000;

function remembered(phone) {
  try {
    if (phone) window.localStorage.setItem(PHONE, phone);
    return window.localStorage.getItem(PHONE) ?? '';
  } catch {
    return '';
  }
}

/** The switch keeps itself; where that is refused it goes back. */
function bindSwitch(card) {
  const field = card.querySelector('.kind-switch input');
  field.addEventListener('change', async () => {
    const wanted = field.checked;
    try {
      await api.change('settings', { settings: { [field.name]: wanted } });
      card.querySelector('[data-off]').hidden = wanted;
      say(format(wanted ? strings.kindOn : strings.kindOff, card.dataset));
    } catch (refusal) {
      field.checked = !wanted;
      report(sentenceOf(refusal));
    }
  });
}

function bind(editor) {
  const at = (selector) => editor.querySelector(selector);
  const { kind, title } = editor.dataset;
  const area = at('textarea');
  const when = at('[data-when]'); // none for what is sent when something changes
  let timer = 0;
  let asked = 0;

  function picture({ preview, preview_confirmed: confirmed }) {
    at('.bubble').textContent = preview;
    at('[data-confirmed]').hidden = confirmed === null;
    at('[data-confirmed] .bubble').textContent = confirmed ?? '';
    editor.removeAttribute('data-stale');
  }

  function complain(refusal) {
    const place = at('[data-text-flaw]');
    place.hidden = !refusal;
    place.textContent = refusal ? (refusal.body?.flaw ?? refusal.message) : '';
    area.setAttribute('aria-invalid', String(Boolean(refusal?.body?.flaw)));
    editor.toggleAttribute('data-stale', Boolean(refusal));
    return refusal?.body?.position;
  }

  async function guarded(work, { jump = true } = {}) {
    try {
      const done = await work();
      complain(null);
      return done;
    } catch (refusal) {
      const position = complain(refusal);
      if (jump) report({ message: refusal.body?.flaw ?? refusal.message });
      if (jump && position !== undefined) {
        area.focus();
        area.setSelectionRange(position, position + 1);
      }
      return null;
    }
  }

  async function look() {
    const mine = ++asked;
    const seen = await guarded(() => api.change('text/preview', { kind, template: area.value }), { jump: false });
    if (seen && mine === asked) picture(seen);
  }

  const draft = watchDraft(`text:${main.dataset.companyId}:${kind}`, editor, {
    read: () => ({ text: area.value, when: when ? readSettings(when) : {} }),
    write: ({ text, when: settings }) => {
      area.value = text;
      if (when) writeSettings(when, settings);
    },
    show(isDirty) {
      at('[data-dirty]').hidden = !isDirty;
      at('[data-counter]').textContent = format(strings.counter, { count: area.value.length, most: LONGEST });
    },
  });
  if (draft.isDirty()) look();

  /** False where a time or a link is wrong: that is said beside it. */
  async function keepWhen() {
    if (!when) return true;
    try {
      const { settings } = await api.change('settings', { settings: readSettings(when) });
      complainOf(when);
      writeSettings(when, settings);
      const sent = at('[data-when-sent]');
      sent.textContent = format(sent.dataset.whenSent, settings);
      return true;
    } catch (refusal) {
      complainOf(when, refusal.body?.fields);
      report(sentenceOf(refusal));
      return false;
    }
  }

  let ours = area.defaultValue; // what the server has

  async function keepText(typed) {
    if (typed === ours) return true;
    const kept = await guarded(() => api.change('text', { kind, template: typed }));
    if (!kept) return false;
    asked += 1;
    ours = kept.template;
    area.value = kept.template;
    picture(kept);
    at('[data-summary]').textContent = kept.is_own ? format(strings.ownText, { title }) : title;
    at('[data-reset]').hidden = !kept.is_own;
    return true;
  }

  async function keep(typed) {
    clearTimeout(timer);
    if (typed !== null && !(await keepWhen())) return;
    if (!(await keepText(typed))) return;
    draft.settle();
    say(typed === null ? strings.textReset : strings.textSaved);
  }

  area.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, TYPING_MS);
  });
  at('.chips').addEventListener('click', ({ target }) => {
    const { variable } = target.dataset;
    if (!variable) return;
    area.setRangeText(variable, area.selectionStart, area.selectionEnd, 'end');
    area.focus();
    area.dispatchEvent(new Event('input', { bubbles: true }));
  });
  at('[data-keep]').addEventListener('click', () => keep(area.value));
  at('[data-reset]').addEventListener('click', () => keep(null));

  const phone = at('.trial input');
  phone.value = remembered();
  at('.trial').addEventListener('submit', async (event) => {
    event.preventDefault();
    const place = at('[data-trial-flaw]');
    place.hidden = true;
    phone.removeAttribute('aria-invalid');
    try {
      const sent = await api.change('text/trial', { kind, template: area.value, phone: phone.value });
      complain(null);
      remembered(phone.value);
      say(sent.text);
    } catch (refusal) {
      const flaw = refusal.body?.fields?.phone;
      if (refusal.body?.flaw) complain(refusal);
      place.textContent = flaw ?? '';
      place.hidden = !flaw;
      if (flaw) {
        phone.setAttribute('aria-invalid', 'true');
        phone.focus();
      }
      report({ message: flaw ?? refusal.body?.flaw ?? refusal.message });
    }
  });
}

const language = $('[data-language]');
const spoken = language.value;
language.addEventListener('change', async () => {
  try {
    await api.change('settings', { settings: { language: language.value } });
    window.location.reload(); // every standard text reads otherwise now
  } catch (refusal) {
    language.value = spoken;
    report(sentenceOf(refusal));
  }
});

const cards = [...main.querySelectorAll('.text-card')];
for (const card of cards) {
  bindSwitch(card);
  bind(card);
}
const wanted = cards.find(({ dataset }) => dataset.kind === window.location.hash.slice(1));
if (wanted) wanted.querySelector('details').open = true;
main.dataset.ready = '';
