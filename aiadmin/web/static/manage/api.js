// What the page asks the server and orders from it: by this browser's cookie, for the salon that the page is about.

import { retryAfter } from '../connect/http.js';
import { strings } from './strings.js';

const GIVE_UP_MS = 20_000;

export class Refusal extends Error {
  constructor(code, message, waitMs = 0, body = {}) {
    super(message);
    this.code = code;
    this.waitMs = waitMs;
    this.body = body;
  }
}

/** Functions that resolve to the body of an answer, or reject with a Refusal that holds a sentence for people. */
export function createApi(companyId) {
  async function ask(path, options = {}) {
    const response = await fetch(`/marketplace/manage/${path}`, {
      ...options,
      headers: { Accept: 'application/json', 'X-Company-Id': companyId, ...options.headers },
      cache: 'no-store',
      signal: AbortSignal.timeout(GIVE_UP_MS),
    }).catch(() => null);
    if (!response) throw new Refusal('offline', strings.offline);
    const body = await response.json().catch(() => ({}));
    if (!response.ok) throw new Refusal(body.code ?? 'unknown', body.error ?? strings.noAnswer, retryAfter(response), body);
    return body;
  }

  return {
    overview: () => ask('overview'),
    messages: (query) => ask(`messages?${new URLSearchParams(query)}`),
    settings: () => ask('settings'),
    get: (what) => ask(what),
    change: (what, body) =>
      ask(what, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    order: (what) => ask(what, { method: 'POST' }),
  };
}
