// One chat's messages, the oldest on top, under the days on which they were written.

import { clockOf, element } from './elements.js';
import { strings } from './strings.js';

const LONG = 900;

/** Fills `list` with messages by the clock of `zone`. */
export function createLog(list, zone) {
  const clock = clockOf(zone);
  const keyOf = ({ author, at, text, status, reason }) => JSON.stringify([author, at, text, status, reason]);

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

  function entry({ author, at, text, purpose, status, reason }) {
    const line = element('li', '', { 'data-author': author });
    const foot = element('footer');
    const said = [element('time', clock.hours(at), { datetime: at }), purpose && element('span', purpose), status && element('span', strings.statuses[status], { 'data-status': status }), reason && element('span', reason)];
    foot.append(...said.filter(Boolean));
    if (author === 'own_phone') line.append(element('strong', strings.fromPhone));
    line.append(...words(text ?? strings.wordless), foot);
    return line;
  }

  let shown = '';
  return {
    /** Shows these messages, newest first as the server gives them; true where anything has changed. */
    show(messages) {
      const keys = messages.map(keyOf).join();
      if (keys === shown) return false;
      shown = keys;
      let day = '';
      list.replaceChildren(...[...messages].reverse().flatMap((message) => {
        const before = day;
        day = clock.day(message.at);
        return [...(day === before ? [] : [element('li', day, { class: 'day' })]), entry(message)];
      }));
      return true;
    },
  };
}
