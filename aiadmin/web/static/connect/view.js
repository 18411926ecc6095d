// Shows a state: picks the screen, fills its slots, tells the screen reader, keeps the focus where it can be seen.

import { canChoose, canKeep, isFinished, screenOf } from './machine.js';
import { formatCode, maskPhone, readPhone, tidyPhone } from './phone.js';
import { drawImage, drawSvg, imageAddress } from './picture.js';
import { bindCopy, bindTabs } from './controls.js';

const isSeen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible';

export function createView(main) {
  const $ = (selector) => main.querySelector(selector);
  const screens = [...main.querySelectorAll('[data-screen]')];
  const typed = $('[data-phone-input]');
  const problem = $('[data-phone-problem]');
  let shown = null; // the state on show
  let said = '';

  function render(state) {
    const before = shown;
    shown = state;
    showScreen(screenOf(state));
    main.dataset.method = state.method;
    main.dataset.link = isFinished(state) ? 'idle' : state.link;
    if (state.qr !== before?.qr) showQr(state);
    fill(state);
    showTabs(state);
    showPhoneForm(state, before);
    say(announcement(state));
  }

  function showScreen(name) {
    if (main.dataset.screenShown === name) return;
    const lost = document.activeElement?.closest('[data-screen]');
    main.dataset.screenShown = name;
    for (const screen of screens) screen.toggleAttribute('data-current', screen.dataset.screen === name);
    if (lost && lost.dataset.screen !== name) heading().focus({ preventScroll: true });
  }

  const current = () => $('[data-screen][data-current]');
  const heading = () => current().querySelector('h2');

  function fill(state) {
    slot('place', state.place ?? '');
    slot('phone', maskPhone(state.phone));
    slot('code', state.code ? formatCode(state.code.text) : '');
    slot('alert', state.alert);
    for (const element of main.querySelectorAll('[data-slot="reason"]')) {
      element.textContent = state.reason.replace(element.dataset.without, '') || element.dataset.default;
    }
    main.dataset.activation = state.activation ?? 'activating';
    $('[data-place-line]').hidden = state.place === null;
    $('[data-code-expired]').hidden = !state.codeExpired;
    $('[data-replacing]').hidden = !canKeep(state);
    document.title = state.phase === 'connected' ? main.dataset.connectedTitle : main.dataset.openTitle;
  }

  function slot(name, text) {
    for (const element of main.querySelectorAll(`[data-slot="${name}"]`)) element.textContent = text;
  }

  function showQr({ qr, former }) {
    const box = $('[data-qr]');
    box.toggleAttribute('data-stale', !qr || qr.stale);
    if (!qr || box.dataset.of === (qr.svg ?? qr.src)) return;
    box.dataset.of = qr.svg ?? qr.src;
    const label = box.dataset.label;
    box.replaceChildren((qr.svg && drawSvg(qr.svg, label)) || drawImage(qr.src ?? imageAddress(main.dataset.token, former !== null), label));
  }

  function showTabs(state) {
    $('[role="tablist"]').toggleAttribute('data-off', !canChoose(state));
    for (const tab of main.querySelectorAll('[role="tab"]')) {
      const selected = tab.dataset.method === state.method;
      tab.setAttribute('aria-selected', String(selected));
      tab.tabIndex = selected ? 0 : -1;
      if (selected) $('[role="tabpanel"]').setAttribute('aria-labelledby', tab.id);
    }
  }

  function showPhoneForm(state, before) {
    $('[data-phone-submit]').disabled = state.link !== 'live';
    if (state.refusal && state.refusal !== before?.refusal) showProblem(state.refusal);
    if (state.asked) showProblem('');
  }

  function showProblem(text) {
    problem.textContent = text;
    typed.setAttribute('aria-invalid', String(Boolean(text)));
  }

  // What a sighted reader would notice: the screen's heading and first words, or what has just gone wrong.
  function announcement(state) {
    if (state.alert) return state.alert;
    const words = [...current().querySelectorAll('h2, h3, [data-say]')].filter(isSeen);
    return words.map((element) => element.textContent.replace(/\s+/g, ' ').trim()).join('. ').replaceAll('..', '.');
  }

  function say(text) {
    if (text === said) return;
    said = text;
    $('[data-live]').textContent = text;
  }

  return {
    render,

    refusePhone() {
      showProblem(typed.dataset.problem);
      typed.focus();
    },

    /** Moves the countdowns; `now` in milliseconds. */
    tick(state, now) {
      drawRing($('[data-ring="qr"]'), state.qr, now);
      drawRing($('[data-ring="code"]'), state.code, now);
      const wait = Math.max(0, Math.ceil((state.blockedUntil - now) / 1000));
      slot('wait', wait ? main.dataset.seconds.replace('{n}', wait) : '');
      $('[data-retry-later]').disabled = wait > 0;
    },

    /** Wires buttons and forms to what the page can do. */
    bind(actions) {
      const consent = $('[data-consent]');
      const updateConsent = () => {
        $('[data-show]').disabled = !consent.checked;
        if (consent.checked) actions.prepare();
      };
      consent.addEventListener('change', updateConsent);
      updateConsent(); // a browser may remember the tick over a reload
      $('[data-show]').addEventListener('click', actions.consent);
      for (const name of ['retry', 'relink', 'replace', 'keep']) {
        for (const button of main.querySelectorAll(`[data-${name}]`)) button.addEventListener('click', actions[name]);
      }
      typed.addEventListener('blur', () => {
        const number = readPhone(typed.value);
        if (number) typed.value = tidyPhone(number);
      });
      typed.addEventListener('input', () => showProblem(''));
      $('[data-phone-form]').addEventListener('submit', (event) => {
        event.preventDefault();
        actions.askCode(typed.value);
      });
      bindTabs($('[role="tablist"]'), actions.method);
      bindCopy($('[data-copy]'), $('[data-slot="code"]'), say);
    },
  };
}

function drawRing(ring, timed, now) {
  const left = timed ? Math.max(0, Math.ceil((timed.endsAt - now) / 1000)) : 0;
  ring.style.setProperty('--gone', timed ? String(1 - Math.min(1, left / timed.total)) : '1');
  const number = ring.querySelector('[data-seconds]');
  if (number.textContent === String(left)) return;
  number.textContent = String(left);
  ring.setAttribute('aria-label', ring.dataset.label.replace('{n}', left));
}
