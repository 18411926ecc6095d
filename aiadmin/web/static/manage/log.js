// One chat's messages, the oldest on top, under the days on which they were written.

import { clockOf, element } from './elements.js';
import { strings } from './strings.js';

const LONG = 900;
const TICKS = { sent: '✓', delivered: '✓✓', read: '✓✓' };

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

  /** How far it has come: ticks for the eye, words for everybody where something is wrong. */
  function mark(status) {
    const place = element('span', '', { 'data-status': status });
    const ticks = TICKS[status];
    if (ticks) place.append(element('span', ticks, { 'aria-hidden': 'true' }), element('span', strings.statuses[status], { class: 'unseen' }));
    else place.textContent = strings.statuses[status];
    place.title = strings.statuses[status];
    return place;
  }

  function entry({ author, at, text, purpose, status, reason }) {
    const line = element('li', '', { 'data-author': author });
    const foot = element('footer');
    const said = [element('time', clock.hours(at), { datetime: at }), author === 'out' && purpose && element('span', purpose), reason && element('span', reason), status && mark(status)];
    foot.append(...said.filter(Boolean));
    if (strings.writtenBy[author]) line.append(element('strong', strings.writtenBy[author]));
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
