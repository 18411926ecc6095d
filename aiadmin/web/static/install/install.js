// A signed address opens a door once. What it opened is remembered in this tab, so that a reload loses nothing.

import { recall, remember } from '../connect/token.js';

const main = document.querySelector('main');

for (const line of main.querySelectorAll('[data-token]')) {
  const { companyId, token, name } = line.dataset;
  remember(companyId, token, name);
}

// While something is still to be asked for again, the address is needed.
if (main.dataset.code === 'salons' && !('incomplete' in main.dataset)) {
  window.history.replaceState(null, '', window.location.pathname);
}

const place = main.querySelector('[data-remembered]');
if (place && main.dataset.code !== 'later') {
  const links = recall().map(({ companyId, token, name }) => {
    const link = document.createElement('a');
    link.className = 'button quiet';
    link.href = `/marketplace/manage?${new URLSearchParams({ token, company: companyId })}`;
    link.textContent = name ? place.dataset.open.replace('{name}', () => name) : place.dataset.goOn;
    const line = document.createElement('li');
    line.append(link);
    return line;
  });
  place.querySelector('ul').replaceChildren(...links);
  place.hidden = links.length === 0;
}
main.dataset.ready = '';
