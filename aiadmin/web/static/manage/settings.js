// The settings of messages: switches, times, and a text for each kind with a preview while one types.

import { format, strings } from './strings.js';

const TYPING_MS = 400;
const NUMBERS = new Set(['hours_before', 'again_after', 'review_after', 'most_a_day']);

/** Fills the sections and wires them to `api`. */
export async function openSettings(main, api) {
  const $ = (selector) => main.querySelector(selector);
  const form = $('[data-settings]');
  const { settings, texts, variables } = await api.settings();
  $('[data-kinds]').replaceChildren(...texts.map(({ kind, title }) => switchRow(kind, title)));
  $('[data-variables]').textContent = Object.entries(variables).map(([name, meaning]) => `{${name}} — ${meaning}`).join('; ');
  $('[data-texts]').replaceChildren(...texts.map((text) => textEditor($('[data-text-template]'), text, api)));
  fill(form, settings);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    save(form, $('[data-saved]'), api);
  });
}

function switchRow(kind, title) {
  const line = document.createElement('li');
  const label = document.createElement('label');
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', name: kind });
  label.append(box, title);
  line.append(label);
  return line;
}

function fill(form, settings) {
  for (const [name, value] of Object.entries(settings)) {
    const field = form.elements[name];
    if (field?.type === 'checkbox') field.checked = value;
    else if (field) field.value = value;
  }
}

function read(form) {
  const value = ({ type, name, checked, value: typed }) => {
    if (type === 'checkbox') return checked;
    return NUMBERS.has(name) ? Number(typed) : typed.trim();
  };
  return Object.fromEntries([...form.elements].filter(({ name }) => name).map((field) => [field.name, value(field)]));
}

async function save(form, place, api) {
  for (const field of form.elements) field.removeAttribute?.('aria-invalid');
  try {
    const { settings, text } = await api.change('settings', { settings: read(form) });
    fill(form, settings);
    place.textContent = text;
  } catch (refusal) {
    const flaws = Object.entries(refusal.body?.fields ?? {});
    for (const [name] of flaws) form.elements[name]?.setAttribute('aria-invalid', 'true');
    form.elements[flaws[0]?.[0]]?.focus();
    place.textContent = flaws.map(([, flaw]) => flaw).join(' ') || refusal.message;
  }
}

function textEditor(model, text, api) {
  const editor = model.content.cloneNode(true).firstElementChild;
  const $ = (selector) => editor.querySelector(selector);
  const area = $('textarea');
  let timer = 0;
  let asked = 0;

  function picture({ preview, preview_confirmed: confirmed }) {
    $('.bubble').textContent = preview;
    $('[data-confirmed]').hidden = confirmed === null;
    $('[data-confirmed] .bubble').textContent = confirmed ?? '';
  }

  function show({ title, template, is_own: isOwn, ...previews }) {
    $('summary').textContent = isOwn ? format(strings.ownText, { title }) : title;
    area.value = template;
    picture(previews);
    $('[data-reset]').hidden = !isOwn;
    complain(null);
  }

  function complain(refusal) {
    const place = $('.flaw');
    place.hidden = !refusal;
    place.textContent = refusal ? (refusal.body?.flaw ?? refusal.message) : '';
    area.setAttribute('aria-invalid', String(Boolean(refusal?.body?.flaw)));
    return refusal?.body?.position;
  }

  async function guarded(work, { jump = true } = {}) {
    try {
      const done = await work();
      complain(null);
      return done;
    } catch (refusal) {
      const position = complain(refusal);
      if (jump && position !== undefined) {
        area.focus();
        area.setSelectionRange(position, position + 1);
      }
      return null;
    }
  }

  async function look() {
    const mine = ++asked;
    const seen = await guarded(() => api.change('text/preview', { kind: text.kind, template: area.value }), { jump: false });
    if (seen && mine === asked) picture(seen);
  }

  async function keep(typed) {
    clearTimeout(timer);
    const kept = await guarded(() => api.change('text', { kind: text.kind, template: typed }));
    if (!kept) return;
    show(kept);
    $('.said').textContent = typed === null ? strings.textReset : strings.textSaved;
  }

  area.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, TYPING_MS);
  });
  $('[data-keep]').addEventListener('click', () => keep(area.value));
  $('[data-reset]').addEventListener('click', () => keep(null));
  $('.trial').addEventListener('submit', async (event) => {
    event.preventDefault();
    const sent = await guarded(() => api.change('text/trial', { kind: text.kind, template: area.value, phone: $('.trial input').value }));
    if (sent) $('.said').textContent = sent.text;
  });
  show(text);
  return editor;
}
