// Looks how the salon stands, and again when the server says that something has changed.

import { loop } from '../connect/http.js';
import { api, isClosed, main, problem, report } from './cabinet.js';

const ASK_MS = 15_000; // pub/sub may lose an event
const CALM_MS = 3_000; // news come in bunches, and the server counts what we ask

/**
 * Shows the overview now and then, one question at a time, as long as this browser is let in; `onSync` hears each step
 * of the reading of the journal, `onMessages` in which chats something is new. Returns `look()`, which asks at once and resolves when it is shown.
 */
export function watchSalon({ show, onSync = () => {}, onMessages = () => {} }) {
  let lookedAt = -Infinity;
  let planned = 0;
  let failed = false; // what went wrong with looking is said until looking works; other troubles are others' to say

  async function look() {
    lookedAt = performance.now();
    await show(await api.overview());
    if (failed) problem('');
    failed = false;
  }

  const poll = loop(async () => {
    try {
      await look();
      return ASK_MS;
    } catch (refusal) {
      if (isClosed(refusal)) poll.stop();
      if (refusal.code !== 'too-many-requests') { // ours to wait, not the reader's
        failed = true;
        report(refusal);
      }
      return Math.max(refusal.waitMs ?? 0, ASK_MS);
    }
  });

  /** Looks soon: at once after a calm, and never more often than the calm allows. */
  function lookSoon() {
    if (planned) return;
    planned = setTimeout(() => {
      planned = 0;
      poll.wake();
    }, Math.max(0, lookedAt + CALM_MS - performance.now()));
  }

  // The client library comes last: without it the page only asks less often.
  async function listen() {
    const { token, companyId, socketUrlPath: path } = main.dataset;
    const { openNews } = await import('./news.js');
    const onLink = (isUp) => { main.dataset.link = isUp ? 'live' : 'down'; };
    openNews({ token, companyId, path, onSync: (run) => onSync(run, lookSoon), onMessages, onNews: lookSoon, onLink });
  }

  poll.start();
  listen().catch(() => {});
  return { look: () => look().catch(report) };
}
