// what is sent, when, and how much; errors stand beside their fields.

import { $, api, main, report, say } from './cabinet.js';
import { watchDraft } from './drafts.js';

const NUMBERS = new Set(['hours_before', 'again_after', 'review_after', 'most_a_day']);
const form = $('[data-settings]');
const fields = () => [...form.elements].filter(({ name }) => name);

function valueOf({ type, name, checked, value }) {
  if (type === 'checkbox') return checked;
  return NUMBERS.has(name) ? Number(value) : value.trim();
}
const read = () => Object.fromEntries(fields().map((field) => [field.name, valueOf(field)]));

function write(settings) {
  for (const [name, value] of Object.entries(settings)) {
    const field = form.elements[name];
    if (field?.type === 'checkbox') field.checked = value;
    else if (field) field.value = value;
  }
}

function complain(flaws = {}) {
  for (const place of form.querySelectorAll('[data-flaw]')) {
    const flaw = flaws[place.dataset.flaw];
    place.textContent = flaw ?? '';
    place.hidden = !flaw;
    form.elements[place.dataset.flaw]?.setAttribute('aria-invalid', String(Boolean(flaw)));
  }
  form.querySelector('[aria-invalid="true"]')?.focus();
}

const draft = watchDraft(`sending:${main.dataset.companyId}`, form, {
  read,
  write,
  show(isDirty) {
    $('[data-dirty]').hidden = !isDirty;
    $('[data-undo]').hidden = !isDirty;
  },
});

$('[data-undo]').addEventListener('click', () => {
  draft.undo();
  complain();
});
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    const { settings, text } = await api.change('settings', { settings: read() });
    complain();
    write(settings);
    draft.settle();
    say(text);
  } catch (refusal) {
    const flaws = refusal.body?.fields ?? {};
    const beside = Object.keys(flaws).filter((name) => form.querySelector(`[data-flaw="${name}"]`));
    complain(flaws);
    report(beside.length ? { message: Object.values(flaws).join(' ') } : refusal);
  }
});
main.dataset.ready = '';
