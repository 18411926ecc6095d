// Keeps the page in touch with the server: the socket first, plain HTTP while the socket cannot be had.

import { qrLoop, statusLoop } from './http.js';

const FALL_BACK_MS = 6_000;
const FAILED_TRIES = 2;
const CALM_PAUSE_MS = 15_000; // pub/sub may lose an event: the status is asked again anyway
const HTTP_PAUSE_MS = 3_000;
const SNAPSHOT_MS = 4_000;

export function createTransport({ token, companyId, socketPath, dispatch }) {
  let socket = null;
  let mode = 'none'; // none, socket, http
  let failures = 0;
  let fallBackTimer = 0;
  let heard = false;
  let replacing = false; // the salon is connected, and wants another phone
  let agreed = false; // until its reader has agreed, the page holds a socket ready but asks and hears nothing
  let agreedAtDoor = false; // what the server was told when the socket came
  let opening = null;
  let unheard = null; // an error that came before the reader agreed: why the socket closes a moment after

  const hear = (event) => {
    if (!agreed && event.type === 'error') unheard = event;
    if (!agreed) return;
    const isGreeting = !heard;
    heard = true;
    dispatch(event);
    if (isGreeting && replacing && agreedAtDoor) askCode();
  };
  const asking = () => ({ consent: true, ...(replacing && { relink: true }) });
  const askCode = () => socket.emit('request-qr', asking());
  const onReach = (reached) => mode === 'http' && dispatch({ type: 'link', link: reached ? 'http' : 'lost' });
  const pause = () => (mode === 'http' ? HTTP_PAUSE_MS : CALM_PAUSE_MS);
  const status = statusLoop({ token, companyId, dispatch, pause, onReach });
  const codes = qrLoop({ token, dispatch, onReach, isReplacing: () => replacing });

  // The client library is loaded only here: without it (or its socket) the page still works over plain HTTP.
  async function openSocket() {
    try {
      const library = await import('./socket.js');
      socket = library.openSocket({ token, companyId, path: socketPath, consent, dispatch: hear, onLink });
    } catch {
      opening = null;
      if (agreed) useHttp();
    }
  }

  function consent() {
    unheard = null;
    agreedAtDoor = agreed;
    return agreed;
  }

  function onLink(news) {
    if (!agreed) return;
    if (news === 'up' && !agreedAtDoor) useReadySocket();
    else if (news === 'up') useSocket();
    else if (news === 'refused') giveUp();
    else if (mode !== 'http') searchOn(news);
  }

  function searchOn(news) {
    if (news === 'down') startWaiting('lost');
    else failures += 1;
    if (failures >= FAILED_TRIES) useHttp();
  }

  function giveUp() {
    clearTimeout(fallBackTimer);
    mode = 'none';
    codes.stop();
    if (unheard) dispatch(unheard);
    dispatch({ type: 'dismissed' });
  }

  function startWaiting(link) {
    mode = 'none';
    failures = 0;
    dispatch({ type: 'link', link });
    clearTimeout(fallBackTimer);
    fallBackTimer = setTimeout(useHttp, FALL_BACK_MS);
  }

  function useSocket() {
    clearTimeout(fallBackTimer);
    mode = 'socket';
    codes.stop();
    dispatch({ type: 'link', link: 'live' });
    heard = false;
    setTimeout(() => !heard && mode === 'socket' && askCode(), SNAPSHOT_MS);
  }

  // It came before the consent, and was not greeted.
  function useReadySocket() {
    useSocket();
    askCode();
  }

  function useHttp() {
    clearTimeout(fallBackTimer);
    mode = 'http';
    if (replacing) codes.again();
    codes.start();
    status.wake();
  }

  return {
    /** Only asks for the status: enough for a salon that is connected already. */
    watchStatus: () => status.start(),

    /** A code may be wanted soon: opens the socket, so that only a word is left to say. */
    prepare() {
      opening ??= openSocket();
    },

    /**
     * From here on codes are made; a series that has ended is begun anew. With `replace` for a salon that is connected:
     * each connection is told, once it has been shown how things stand, and the old phone stays until `replaced()`.
     */
    start({ replace = replacing } = {}) {
      replacing = replace;
      agreed = true;
      if (mode === 'http') codes.again();
      else if (mode === 'socket' && socket.connected) askCode();
      else if (socket?.connected) useReadySocket();
      else {
        startWaiting('connecting');
        if (socket && !socket.active) socket.connect(); // one that is on its way is only waited for
        else opening ??= openSocket();
      }
      status.start();
    },

    replaced() {
      replacing = false;
    },

    requestCode: (phone) => socket.emit('request-pairing-code', { phone, ...asking() }),

    askStatus: () => status.wake(),

    stop() {
      clearTimeout(fallBackTimer);
      mode = 'none';
      replacing = false;
      socket?.disconnect();
      codes.stop();
      status.stop();
    },
  };
}
