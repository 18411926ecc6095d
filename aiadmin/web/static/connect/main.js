// Joins the pieces: events go through the machine, states go to the screen, and a few of them to the server.

import { initial, isFinished, next, screenOf } from './machine.js';
import { readPhone } from './phone.js';
import { settleAddress } from './token.js';
import { createTransport } from './transport.js';
import { createView } from './view.js';

const TICK_MS = 250;

function run(main) {
  const { token, companyId, pageState, socketUrlPath, status } = main.dataset;
  if (settleAddress({ token, companyId, pageState })) return;

  let state = initial(pageState, JSON.parse(status || '{}'));
  const view = createView(main);
  const transport = createTransport({ token, companyId, socketPath: socketUrlPath, dispatch });

  function show() {
    view.render(state);
    view.tick(state, Date.now());
  }

  function dispatch(event) {
    const before = state;
    state = next(before, { ...event, now: Date.now() });
    if (state.former && event.type === 'whatsapp-connected') transport.askStatus(); // the same number, linked anew?
    if (state === before) return;
    if (before.former && !state.former) transport.replaced();
    show();
    if (isFinished(state) && !isFinished(before)) transport.stop();
  }

  const actions = {
    prepare: transport.prepare,
    consent() {
      dispatch({ type: 'consent' });
      transport.start({ replace: state.former !== null });
    },
    retry() {
      dispatch({ type: 'retry' });
      transport.start();
    },
    relink() {
      dispatch({ type: 'relink' });
      transport.watchStatus();
    },
    replace() {
      dispatch({ type: 'replace' });
      if (state.phase === 'waiting') transport.start({ replace: true });
    },
    keep() {
      dispatch({ type: 'keep' });
      transport.stop();
      dispatch({ type: 'link', link: 'idle' });
      if (!isFinished(state)) transport.watchStatus();
    },
    method: (method) => dispatch({ type: 'method', method }),
    askCode(typed) {
      const phone = readPhone(typed);
      if (!phone) return view.refusePhone();
      dispatch({ type: 'ask-code', phone });
      return transport.requestCode(phone);
    },
  };

  view.bind(actions);
  show();
  if (state.phase === 'connected' && !isFinished(state)) transport.watchStatus();
  setInterval(() => {
    dispatch({ type: 'tick' });
    view.tick(state, Date.now());
  }, TICK_MS);
  document.addEventListener('visibilitychange', () => !document.hidden && transport.askStatus());
  main.dataset.ready = screenOf(state);
}

run(document.querySelector('main'));
