// Shows what the server said. Texts come from it; here are only places, tones and times.

import { formatPhone } from '../connect/phone.js';
import { format, strings } from './strings.js';

const WHATSAPP_TONES = { online: 'good', none: 'bad', logged_out: 'bad', banned: 'bad', conflict: 'bad', outdated: 'bad', 'switched-off': 'off' };
const YCLIENTS_TONES = { active: 'good', activation_failed: 'bad', frozen: 'bad', uninstalled: 'bad' };
const SYNC_TONES = { done: 'good', failed: 'bad', paused: 'bad' };
const BUSY = new Set(['waiting', 'running']);

const dayIn = (zone) =>
  new Intl.DateTimeFormat('ru', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone });
const number = new Intl.NumberFormat('ru');

function element(name, text = '', attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function createView(main) {
  let day = dayIn(main.dataset.zone); // the salon's clock, wherever its owner is
  let mayRead = false;
  let known = null; // the step of the reading that was shown last
  const time = (at) => element('time', day.format(new Date(at)), { datetime: at });
  const $ = (selector) => main.querySelector(selector);
  const slot = (name, text) => {
    const place = $(`[data-slot="${name}"]`);
    place.textContent = text ?? '';
    place.hidden = !text;
  };
  const say = (text) => { $('[data-live]').textContent = text; };
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
    if (known && known !== step) say([text, BUSY.has(state) && stage && format(strings.stage, { stage }), error].filter(Boolean).join(' '));
    known = step;
  }

  /** Makes a change; when it hides what had the focus, the focus goes to its neighbour and not to the page's top. */
  function keepingFocus(change) {
    const held = document.activeElement;
    change();
    const card = held?.closest('.card');
    if (!card || held.checkVisibility()) return;
    const title = card.querySelector('h2');
    title.tabIndex = -1;
    ([...card.querySelectorAll('.actions > *')].find((one) => one.checkVisibility()) ?? title).focus();
  }

  function showSync(run) {
    if (!run) return;
    const { page, pages } = run;
    const busy = BUSY.has(run.state);
    announce(run);
    $('[data-action="read"]').hidden = busy || !mayRead;
    indicator('sync', SYNC_TONES[run.state] ?? 'busy');
    const stage = busy && run.stage ? ` ${format(pages > 1 ? strings.stagePage : strings.stage, run)}` : '';
    const when = run.state === 'done' && run.finished_at ? ` ${day.format(new Date(run.finished_at))}.` : '';
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
      line.append(time(at), element('span', text));
      return line;
    }));
    $('[data-no-events]').hidden = events.length > 0;
  }

  function showStatuses(statuses) {
    const counted = Object.entries(statuses).filter(([, count]) => count).map(([status, count]) => `${strings.statuses[status]}: ${number.format(count)}`);
    $('[data-statuses]').textContent = counted.length ? format(strings.week, { statuses: counted.join(', ') }) : strings.quietWeek;
  }

  function entry({ author, at, phone, name, text, purpose, status, reason }) {
    const line = element('li', '', { 'data-author': author });
    const head = element('header');
    const who = element('strong', format(strings.authors[author], { who: name ?? (phone ? '' : strings.somebody) }));
    if (phone) who.append(name ? ', ' : '', element('span', formatPhone(phone)));
    head.append(who, time(at));
    line.append(head, element('p', text ?? strings.wordless, { class: 'text' }));
    if (status) {
      const foot = element('footer');
      foot.append(...[purpose && element('span', purpose), element('span', strings.statuses[status], { 'data-status': status }), reason && element('span', reason)].filter(Boolean));
      line.append(foot);
    }
    return line;
  }

  return {
    overview({ whatsapp, yclients, sync, zone, events, statuses, actions: available, warning, states }) {
      day = dayIn(zone);
      showStates(states);
      keepingFocus(() => {
        showWhatsApp(whatsapp);
        showYClients(yclients);
        showAvailable(available);
        showSync(sync.find(({ kind }) => kind === 'full'));
      });
      showEvents(events);
      showStatuses(statuses);
      slot('warning', warning);
      main.dataset.ready = '';
    },

    sync: (run) => keepingFocus(() => showSync(run)),

    link(isUp) {
      main.dataset.link = isUp ? 'live' : 'down';
    },

    messages({ messages, before }, { append }) {
      const log = $('[data-log]');
      if (!append) log.replaceChildren();
      log.append(...messages.map(entry));
      $('[data-no-messages]').hidden = log.children.length > 0;
      const more = $('[data-more]');
      more.hidden = messages.length < 50;
      more.dataset.before = before ?? '';
    },

    say,

    problem(text) {
      const place = $('[data-problem]');
      place.textContent = text;
      place.hidden = !text;
    },

    /** Resolves to whether the owner means it. */
    confirm() {
      const dialog = $('[data-dialog]');
      dialog.returnValue = '';
      dialog.showModal();
      return new Promise((done) => {
        dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true });
      });
    },

    bind(actions) {
      $('[data-action="disconnect"]').addEventListener('click', actions.disconnect);
      $('[data-action="retry"]').addEventListener('click', actions.retry);
      $('[data-action="pay"]').addEventListener('click', actions.pay);
      $('[data-action="read"]').addEventListener('click', actions.readAgain);
      $('[data-more]').addEventListener('click', ({ target }) => actions.more(target.dataset.before));
      $('[data-filter]').addEventListener('submit', (event) => {
        event.preventDefault();
        actions.filter($('[data-phone]').value);
      });
    },
  };
}
