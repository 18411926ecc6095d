// The plain HTTP side: the status that is re-asked on a timer, and QR codes where sockets cannot pass.

import { imageAddress } from './picture.js';

const RETRY_MS = 5_000;
const GIVE_UP_MS = 20_000; // the first code is held back for up to 10 s, so a request may be slow

/** Milliseconds that a refused request asks us to wait; `fallback` when it does not say. */
export function retryAfter(response, fallback = RETRY_MS) {
  const value = response.headers.get('Retry-After');
  if (!value) return fallback;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(ms, 1_000) : fallback;
}

/** One request: {ok, body, waitMs}. `ok` is false for a refusal; a network failure rejects. */
async function ask(url, headers = {}) {
  const response = await fetch(url, {
    headers: { Accept: 'application/json', ...headers },
    cache: 'no-store',
    signal: AbortSignal.timeout(GIVE_UP_MS),
  });
  const body = await response.json().catch(() => ({}));
  return { ok: response.ok, body, waitMs: response.ok ? 0 : retryAfter(response) };
}

/** A loop that runs `turn` (which returns the next pause in ms), one turn at a time, until stopped. */
export function loop(turn) {
  let timer = 0;
  let running = false;
  let busy = false;
  const step = async () => {
    if (busy) return;
    busy = true;
    const pause = await turn().catch(() => RETRY_MS);
    busy = false;
    if (running) timer = setTimeout(step, pause);
  };
  const wake = () => {
    clearTimeout(timer);
    step();
  };
  return {
    start() {
      if (running) return;
      running = true;
      wake();
    },
    stop() {
      running = false;
      clearTimeout(timer);
    },
    wake: () => running && wake(),
  };
}

/** Asks GET /marketplace/status every `pause()` ms; `onReach(true|false)` says whether the server answered. */
export function statusLoop({ token, companyId, dispatch, pause, onReach }) {
  return loop(async () => {
    try {
      const { ok, body, waitMs } = await ask(`/marketplace/status/${companyId}`, { Authorization: `Bearer ${token}` });
      onReach(true);
      if (ok) dispatch({ type: 'answer', status: body });
      else reportProblem(body, dispatch);
      return ok ? pause() : Math.max(waitMs, pause());
    } catch {
      onReach(false);
      return RETRY_MS;
    }
  });
}

/**
 * Asks GET /marketplace/qr for each new code as the one before it runs out; `again()` starts an ended series anew.
 * `isReplacing()` says that a connected phone is to be replaced: without it a connected salon gets no code.
 */
export function qrLoop({ token, dispatch, onReach, isReplacing }) {
  let anew = false;
  const codes = loop(async () => {
    if (document.hidden) return 1_000; // a code is made only for somebody who watches
    try {
      const relink = isReplacing();
      const query = new URLSearchParams({ consent: 1, ...(anew && { again: 1 }), ...(relink && { relink: 1 }) });
      anew = false;
      const { ok, body, waitMs } = await ask(`/marketplace/qr/${encodeURIComponent(token)}?${query}`);
      onReach(true);
      if (ok && body.qr) return showCode(body, imageAddress(token, relink), dispatch);
      if (body.state) dispatch({ type: 'status', ...body });
      else reportProblem(body, dispatch);
      return Math.max(waitMs, 2_000);
    } catch {
      onReach(false);
      return RETRY_MS;
    }
  });
  const again = () => {
    anew = true;
    codes.wake();
  };
  return { ...codes, again };
}

function showCode({ expires_in: expiresIn }, src, dispatch) {
  dispatch({ type: 'qr-update', src, expiresIn });
  return Math.max(expiresIn * 1000 + 300, 2_000);
}

// Over HTTP only a known problem is news: "not ready yet" or "slow down" simply means the loop comes back later.
function reportProblem({ code, error }, dispatch) {
  if (code) dispatch({ type: 'problem', code, message: error });
}
