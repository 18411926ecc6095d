// the pause switch, and how things stand while one looks.

import { $, main, order } from './cabinet.js';
import { element } from './elements.js';
import { watchSalon } from './live.js';

const pause = $('[data-pause]');
let isOrdering = false;

function showStates(states) {
  const place = $('[data-states]');
  place.replaceChildren(...states.map(({ kind, text }) => element('li', text, { 'data-state': kind })));
  place.hidden = states.length === 0;
}

const watch = watchSalon({
  show({ headline, others, paused_at: pausedAt }) {
    const status = $('[data-status]');
    status.dataset.tone = headline.tone;
    $('[data-headline]').textContent = headline.title;
    $('[data-summary]').textContent = headline.text;
    $('[data-mend]').textContent = headline.link;
    showStates(others);
    if (!isOrdering) pause.checked = !pausedAt;
  },
});

pause.addEventListener('change', async () => {
  isOrdering = true;
  const wanted = pause.checked;
  const done = await order('pause', { paused: !wanted });
  isOrdering = false;
  if (!done) pause.checked = !wanted;
  else await watch.look();
});
main.dataset.ready = '';
