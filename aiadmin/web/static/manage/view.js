// Shows how the connections stand. Texts come from the server; here are only places, tones and times.

import { formatPhone } from '../connect/phone.js';
import { clockOf, element, number } from './elements.js';
import { format, strings } from './strings.js';

const WHATSAPP_TONES = { online: 'good', none: 'bad', logged_out: 'bad', banned: 'bad', conflict: 'bad', outdated: 'bad', 'switched-off': 'off' };
const YCLIENTS_TONES = { active: 'good', activation_failed: 'bad', frozen: 'bad', uninstalled: 'bad' };
const SYNC_TONES = { done: 'good', failed: 'bad', paused: 'bad' };
const BUSY = new Set(['waiting', 'running']);

export function createView(main) {
  let clock = clockOf(main.dataset.zone);
  let mayRead = false;
  let known = null; // the step of the reading that was shown last
  const $ = (selector) => main.querySelector(selector);
  const slot = (name, text) => {
    const place = $(`[data-slot="${name}"]`);
    place.textContent = text ?? '';
    place.hidden = !text;
  };
  const tell = (text) => { $('[data-heard]').textContent = text; };
  const indicator = (name, tone) => { $(`[data-indicator="${name}"]`).dataset.tone = tone; };

  function showWhatsApp({ connected, phone, state, text }) {
    indicator('whatsapp', WHATSAPP_TONES[state] ?? 'busy');
    slot('phone', connected && phone ? formatPhone(phone) : '');
    slot('session', text);
  }

  function showStates(states) {
    const place = $('[data-states]');
    place.replaceChildren(...states.map(({ kind, text }) => element('li', text, { 'data-state': kind })));
    place.hidden = states.length === 0;
  }

  function showYClients({ status, text, reason, webhooks }) {
    indicator('yclients', YCLIENTS_TONES[status] ?? 'busy');
    slot('installation', text);
    slot('reason', reason);
    slot('webhooks', webhooks);
  }

  /** Only what makes sense as things stand. */
  function showAvailable(available) {
    mayRead = available.includes('read');
    for (const button of main.querySelectorAll('[data-action]')) button.hidden = !available.includes(button.dataset.action);
  }

  /** Tells a screen reader of a new list and of an end; not of each page. */
  function announce({ state, stage, text, error }) {
    const step = `${state} ${stage ?? ''}`;
    if (known && known !== step) tell([text, BUSY.has(state) && stage && format(strings.stage, { stage }), error].filter(Boolean).join(' '));
    known = step;
  }

  /** Makes a change; when it hides what had the focus, the focus goes to its neighbour and not to the page's top. */
  function keepingFocus(change) {
    const held = document.activeElement;
    change();
    const card = held?.closest('.card');
    if (!card || held.checkVisibility()) return;
    const near = [...card.querySelectorAll('.actions > *'), ...main.querySelectorAll('[data-action]')];
    const title = card.querySelector('h2');
    title.tabIndex = -1;
    (near.find((one) => one.checkVisibility()) ?? title).focus();
  }

  function showSync(run) {
    if (!run) return;
    const { page, pages } = run;
    const busy = BUSY.has(run.state);
    announce(run);
    $('[data-action="read"]').hidden = busy || !mayRead;
    indicator('sync', SYNC_TONES[run.state] ?? 'busy');
    const stage = busy && run.stage ? ` ${format(pages > 1 ? strings.stagePage : strings.stage, run)}` : '';
    const when = run.state === 'done' && run.finished_at ? ` ${clock.format(run.finished_at)}.` : '';
    slot('sync', run.text + stage + when);
    slot('sync-error', run.error);
    const progress = $('[data-progress]');
    progress.hidden = !busy;
    if (pages) progress.value = Math.min(1, (page - 1) / pages);
    else progress.removeAttribute('value');
    $('[data-counts]').replaceChildren(...Object.entries(run.counts ?? {}).map(([name, count]) => {
      const line = element('div');
      line.append(element('dt', name), element('dd', number.format(count)));
      return line;
    }));
  }

  function showEvents(events) {
    $('[data-events]').replaceChildren(...events.map(({ at, text }) => {
      const line = element('li');
      line.append(clock.time(at), element('span', text));
      return line;
    }));
    $('[data-no-events]').hidden = events.length > 0;
  }

  return {
    overview({ whatsapp, yclients, sync, zone, events, actions: available, states }) {
      clock = clockOf(zone);
      showStates(states);
      keepingFocus(() => {
        showWhatsApp(whatsapp);
        showYClients(yclients);
        showAvailable(available);
        showSync(sync.find(({ kind }) => kind === 'full'));
        $('[data-danger]').hidden = !whatsapp.connected;
      });
      showEvents(events);
      main.dataset.ready = '';
    },

    sync: (run) => keepingFocus(() => showSync(run)),

    /** Resolves to whether the owner means it. */
    confirm() {
      const dialog = $('[data-dialog]');
      dialog.returnValue = '';
      dialog.showModal();
      return new Promise((done) => {
        dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true });
      });
    },
  };
}
