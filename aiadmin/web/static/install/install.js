// A signed address opens a door once. What it opened is remembered in this tab, so that a reload loses nothing.

import { recall, remember } from '../connect/token.js';
import { cleanAddress, linkToken } from '../manage/address.js';

const main = document.querySelector('main');

for (const line of main.querySelectorAll('[data-token]')) {
  const { companyId, token, name } = line.dataset;
  remember(companyId, token, name);
}

// While something is still to be asked for again, the address is needed.
if (main.dataset.code === 'salons' && !('incomplete' in main.dataset)) {
  window.history.replaceState(null, '', window.location.pathname);
}

// A link was good, and yet no cookie came back: this frame keeps none. A tab of its own does.
const token = linkToken();
if (token) {
  const tab = main.querySelector('[data-new-tab]');
  const { pathname, search } = window.location;
  const query = new URLSearchParams(search);
  query.set('token', token);
  tab.href = `${pathname}?${query}`;
  tab.hidden = false;
  main.querySelector('[data-yclients]').classList.add('quiet');
  main.querySelector('[data-text]').hidden = true;
  main.querySelector('[data-frame]').hidden = false;
  cleanAddress();
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
