// Small makers of what a script shows: texts go in as texts, never as markup.

/** An element with a text and attributes. */
export function element(name, text = '', attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Shows these lines; one that shows the same already stays as it is, so that a tap that began on it ends on it. */
export function redraw(place, lines) {
  lines.forEach((line, at) => {
    const shown = place.children[at];
    if (!shown) place.append(line);
    else if (!shown.isEqualNode(line)) shown.replaceWith(line);
  });
  while (place.children.length > lines.length) place.lastElementChild.remove();
}

/** A function that makes times by the clock of a zone: the salon's, wherever its owner is. */
export function clockOf(zone) {
  const day = new Intl.DateTimeFormat('ru', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: zone });
  const today = new Intl.DateTimeFormat('ru', { day: 'numeric', month: 'long', timeZone: zone });
  const hours = new Intl.DateTimeFormat('ru', { hour: '2-digit', minute: '2-digit', timeZone: zone });
  const dayOf = (at) => today.format(new Date(at));
  const hoursOf = (at) => hours.format(new Date(at));
  return {
    day: dayOf,
    hours: hoursOf,
    /** The time of what is of today, else the day. */
    short: (at) => (dayOf(at) === dayOf(Date.now()) ? hoursOf(at) : dayOf(at)),
    format: (at) => day.format(new Date(at)),
    time: (at) => element('time', day.format(new Date(at)), { datetime: at }),
  };
}

export const number = new Intl.NumberFormat('ru');
