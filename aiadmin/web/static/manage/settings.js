// Fields of the salon's settings: read, written, and what is wrong with one said beside it.

const NUMBERS = new Set(['hours_before', 'again_after', 'review_after', 'most_a_day']);

function valueOf({ type, name, checked, value }) {
  if (type === 'checkbox') return checked;
  return NUMBERS.has(name) ? Number(value) : value.trim();
}

/** The settings that stand in the fields of `root`, by their names. */
export const readSettings = (root) => Object.fromEntries([...root.querySelectorAll('[name]')].map((field) => [field.name, valueOf(field)]));

/** Puts settings into the fields that there are for them. */
export function writeSettings(root, settings) {
  for (const [name, value] of Object.entries(settings)) {
    const field = root.querySelector(`[name="${name}"]`);
    if (field?.type === 'checkbox') field.checked = value;
    else if (field) field.value = value;
  }
}

/** Says what is wrong with each setting beside its field; true where all of it could be said there. */
export function complainOf(root, flaws = {}) {
  for (const place of root.querySelectorAll('[data-flaw]')) {
    const flaw = flaws[place.dataset.flaw];
    place.textContent = flaw ?? '';
    place.hidden = !flaw;
    const field = root.querySelector(`[name="${place.dataset.flaw}"]`);
    if (flaw) field?.setAttribute('aria-invalid', 'true');
    else field?.removeAttribute('aria-invalid');
  }
  root.querySelector('[aria-invalid="true"]')?.focus();
  return Object.keys(flaws).every((name) => root.querySelector(`[data-flaw="${name}"]`));
}

/** What a refusal of settings says, in one sentence. */
export const sentenceOf = (refusal) => ({ message: Object.values(refusal.body?.fields ?? {}).join(' ') || refusal.message });
