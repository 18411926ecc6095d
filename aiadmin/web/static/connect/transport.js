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

  const hear = (event) => {
    heard = true;
    dispatch(event);
  };
  const onReach = (reached) => mode === 'http' && dispatch({ type: 'link', link: reached ? 'http' : 'lost' });
  const pause = () => (mode === 'http' ? HTTP_PAUSE_MS : CALM_PAUSE_MS);
  const status = statusLoop({ token, companyId, dispatch, pause, onReach });
  const codes = qrLoop({ token, dispatch, onReach });

  // The client library is fetched only here: without it (or its socket) the page still works over plain HTTP.
  async function openSocket() {
    try {
      const library = await import('./socket.js');
      socket = library.openSocket({ token, companyId, path: socketPath, dispatch: hear, onLink });
    } catch {
      useHttp();
    }
  }

  function onLink(news) {
    if (news === 'up') useSocket();
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
    setTimeout(() => !heard && mode === 'socket' && socket.emit('request-qr'), SNAPSHOT_MS);
  }

  function useHttp() {
    clearTimeout(fallBackTimer);
    mode = 'http';
    codes.start();
    status.wake();
  }

  return {
    /** Only asks for the status: enough for a salon that is connected already. */
    watchStatus: () => status.start(),

    /** Opens the socket: from here on codes are made. */
    start() {
      startWaiting('connecting');
      openSocket();
      status.start();
    },

    /** A new code: over the open socket, or by opening it again. */
    requestQr() {
      if (mode === 'http') codes.again();
      else if (socket?.connected) socket.emit('request-qr');
      else {
        startWaiting('connecting');
        socket?.connect();
        status.start();
      }
    },

    requestCode: (phone) => socket.emit('request-pairing-code', { phone }),

    askStatus: () => status.wake(),

    stop() {
      clearTimeout(fallBackTimer);
      mode = 'none';
      socket?.disconnect();
      codes.stop();
      status.stop();
    },
  };
}
