// The log of messages: what each says, whose it is, and how far it has come.

import { formatPhone } from '../connect/phone.js';
import { clockOf, element, number } from './elements.js';
import { format, strings } from './strings.js';

const PAGE = 50;
const LONG = 900;

export function createLog(main) {
  const { time } = clockOf(main.dataset.zone);
  const $ = (selector) => main.querySelector(selector);
  const list = $('[data-log]');
  const keyOf = ({ author, at, text, phone }) => JSON.stringify([author, at, text, phone]);

  function entry(message) {
    const { author, at, phone, name, text, purpose, status, reason } = message;
    const line = element('li', '', { 'data-author': author });
    line.dataset.key = keyOf(message);
    const head = element('header');
    const who = element('strong', format(strings.authors[author], { who: name ?? (phone ? '' : strings.somebody) }));
    if (phone) who.append(name ? ', ' : '', element('span', formatPhone(phone)));
    head.append(who, time(at));
    line.append(head, ...words(text ?? strings.wordless));
    if (status) {
      const foot = element('footer');
      foot.append(...[purpose && element('span', purpose), element('span', strings.statuses[status], { 'data-status': status }), reason && element('span', reason)].filter(Boolean));
      line.append(foot);
    }
    return line;
  }

  /** A message of a book's length is cut short until somebody wants it all. */
  function words(text) {
    if (text.length <= LONG) return [element('p', text, { class: 'text' })];
    const place = element('p', `${text.slice(0, LONG)}…`, { class: 'text' });
    const whole = element('button', strings.whole, { type: 'button', class: 'whole' });
    whole.addEventListener('click', () => {
      place.textContent = text;
      whole.remove();
    });
    return [place, whole];
  }

  return {
    /** A page, behind what is there or in its place; `nothing` is said where there is none. */
    show({ messages, before }, { append, nothing }) {
      if (!append) list.replaceChildren();
      list.append(...messages.map(entry));
      const none = $('[data-no-messages]');
      none.textContent = nothing;
      none.hidden = list.children.length > 0;
      const more = $('[data-more]');
      more.hidden = messages.length < PAGE;
      more.dataset.before = before ?? '';
    },

    /** The newest page again: what is new is put on top, and a tick that has changed in its place. */
    refresh({ messages }) {
      const known = new Map([...list.children].map((line) => [line.dataset.key, line]));
      const fresh = [];
      for (const message of messages) {
        const line = entry(message);
        const old = known.get(line.dataset.key);
        if (!old) fresh.push(line);
        else if (old.innerHTML !== line.innerHTML) old.replaceWith(line);
      }
      list.prepend(...fresh);
      if (fresh.length) $('[data-no-messages]').hidden = true;
    },

    statuses(statuses) {
      const counted = Object.entries(statuses).filter(([, count]) => count).map(([status, count]) => `${strings.statuses[status]}: ${number.format(count)}`);
      $('[data-statuses]').textContent = counted.length ? format(strings.week, { statuses: counted.join(', ') }) : strings.quietWeek;
    },
  };
}
