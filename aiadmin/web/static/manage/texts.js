// each kind's text with a preview while one types, and a trial to one's own phone.

import { $, api, main, report, say } from './cabinet.js';
import { watchDraft } from './drafts.js';
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

function bind(editor) {
  const at = (selector) => editor.querySelector(selector);
  const { kind, title } = editor.dataset;
  const area = at('textarea');
  let timer = 0;
  let asked = 0;

  function picture({ preview, preview_confirmed: confirmed }) {
    at('.bubble').textContent = preview;
    at('[data-confirmed]').hidden = confirmed === null;
    at('[data-confirmed] .bubble').textContent = confirmed ?? '';
    editor.removeAttribute('data-stale');
  }

  function complain(refusal) {
    const place = at('.flaw');
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
    read: () => area.value,
    write: (value) => { area.value = value; },
    show(isDirty) {
      at('[data-dirty]').hidden = !isDirty;
      at('[data-counter]').textContent = format(strings.counter, { count: area.value.length, most: LONGEST });
    },
  });
  if (draft.isDirty()) look();

  async function keep(typed) {
    clearTimeout(timer);
    const kept = await guarded(() => api.change('text', { kind, template: typed }));
    if (!kept) return;
    asked += 1;
    area.value = kept.template;
    picture(kept);
    at('[data-summary]').textContent = kept.is_own ? format(strings.ownText, { title }) : title;
    at('[data-reset]').hidden = !kept.is_own;
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

for (const editor of main.querySelectorAll('.text-editor')) bind(editor);
const named = window.location.hash.slice(1);
const wanted = [...main.querySelectorAll('.text-editor')].find(({ dataset }) => dataset.kind === named);
if (wanted) wanted.open = true;
main.dataset.ready = '';
