// What the page shows, as a value. next(state, event) decides; nothing here touches the DOM, the network or the clock:
// an event that needs the time carries `now` in milliseconds.

import { PAIRING_FAILURES } from './failures.js';

const LINK_PROBLEMS = new Set(['link-expired', 'link-revoked', 'link-invalid', 'too-many-attempts']);
const NOTICES = new Set([...PAIRING_FAILURES, 'queue-full']);
const ACTIVATIONS = new Set(['activating', 'active', 'activation_failed']);
const PAIRING = new Set(['waiting', 'queued', 'live']);
const ASKING = new Set(['relink', 'consent']);

const BLANK = {
  phase: 'consent', // consent, waiting, queued, live, confirming, connected, relink, a notice or a link problem
  consented: false, // in this visit
  method: 'qr', // which tab is open: qr or phone
  qr: null, // {svg, src, total, endsAt, stale}
  code: null, // {text, total, endsAt}
  codeExpired: false,
  asked: null, // the phone number whose code is on its way
  refusal: '', // why the server refused that number
  place: null,
  phone: null,
  former: null, // {phone, connectedAt} of the phone to be replaced, until it is; the time is null until an answer tells
  activation: null,
  reason: '',
  alert: '',
  link: 'idle', // idle, connecting, live (socket), http (polling), lost
  blockedUntil: 0,
};

/** The state to start from: what the server said of the link and of the company. */
export function initial(pageState, status) {
  if (pageState !== 'open') return { ...BLANK, phase: pageState };
  return next(BLANK, { type: 'answer', status: status ?? {} });
}

/** The state after the event; the same object when nothing changes. */
export function next(state, event) {
  const handler = HANDLERS[event.type];
  if (!handler || isClosed(state, event)) return state;
  return handler(state, event);
}

/** Which screen a state is seen as. */
export function screenOf(state) {
  if (!PAIRING.has(state.phase)) return state.phase;
  if (state.method === 'phone') return phoneScreen(state);
  if (state.qr && !(state.qr.stale && state.link === 'lost')) return 'qr';
  if (state.link === 'lost') return 'offline';
  return state.phase === 'queued' ? 'queued' : 'waiting';
}

/** True while the way to connect (QR or phone number) can still be chosen. */
export const canChoose = (state) => PAIRING.has(state.phase);

/** True while a phone is being replaced and the old one can still be kept. */
export const canKeep = (state) =>
  state.former !== null && !['relink', 'confirming'].includes(state.phase) && !LINK_PROBLEMS.has(state.phase);

/** True when neither the socket nor polling has anything left to tell. */
export const isFinished = (state) =>
  LINK_PROBLEMS.has(state.phase) || (state.phase === 'connected' && state.activation === 'active');

function phoneScreen(state) {
  if (state.code) return 'code';
  if (!state.asked) return 'phone';
  if (state.link === 'lost') return 'offline';
  return state.phase === 'queued' ? 'queued' : 'waiting';
}

// A dead link hears nothing but "try again"; a connected page hears only about itself, and so does one that is being
// asked whether to replace the phone: another page of the salon may have codes on the way already.
function isClosed(state, { type, state: named }) {
  if (LINK_PROBLEMS.has(state.phase)) return !['retry', 'tick', 'link'].includes(type);
  if (state.former && ASKING.has(state.phase)) return ['qr-update', 'pairing-code', 'status'].includes(type);
  if (state.phase !== 'connected') return false;
  if (type === 'status') return !ACTIVATIONS.has(named);
  return !['answer', 'link', 'whatsapp-connected', 'relink'].includes(type);
}

// While a phone is being replaced the server still tells of the old one. The same number may be linked anew, too: then
// only the time of linking differs.
function isFormer({ former }, { whatsapp_phone: phone, connected_at: connectedAt }) {
  return former !== null && former.phone === phone && (former.connectedAt ?? connectedAt) === connectedAt;
}

const connected = (state, phone) => ({
  ...state, phase: 'connected', phone: phone ?? state.phone, former: null, qr: null, code: null, asked: null, alert: '',
});

const pairing = (state, phase, place = null) => ({
  ...state, phase, place, qr: null, code: null, codeExpired: false, alert: '', reason: '',
});

const HANDLERS = {
  consent: (state) => (state.phase === 'consent' ? { ...pairing(state, 'waiting'), consented: true } : state),

  // A connected salon wants another phone: it is asked, then the way begins anew, and may be left until its end.
  relink: (state) =>
    state.phase === 'connected'
      ? { ...state, phase: 'relink', method: 'qr', former: { phone: state.phone, connectedAt: null } }
      : state,

  replace: (state) => (state.phase === 'relink' ? pairing(state, state.consented ? 'waiting' : 'consent') : state),

  keep: (state) => (state.former ? { ...connected(state), reason: '' } : state),

  method: (state, { method }) => (canChoose(state) ? { ...state, method, asked: null, refusal: '', alert: '' } : state),

  'ask-code': (state, { phone }) => ({ ...state, asked: phone, refusal: '', codeExpired: false, code: null }),

  retry: (state) => ({ ...pairing(state, 'waiting'), asked: null, blockedUntil: 0 }),

  // A code's text comes alone first, for those who draw it themselves; this page waits for the picture.
  'qr-update': (state, { svg = null, src = null, expiresIn, now }) =>
    svg === null && src === null
      ? state
      : {
          ...state,
          phase: 'live',
          alert: '',
          qr: { svg, src, total: expiresIn, endsAt: now + expiresIn * 1000, stale: false },
        },

  'pairing-code': (state, { code, expiresIn, now }) => ({
    ...state,
    phase: 'live',
    method: 'phone',
    asked: null,
    refusal: '',
    alert: '',
    codeExpired: false,
    code: { text: code, total: expiresIn, endsAt: now + expiresIn * 1000 },
  }),

  'whatsapp-connected': (state, { success = true, phone, message = '' }) => {
    if (!success) return { ...state, phase: 'failed', reason: message };
    return state.former && [undefined, state.former.phone].includes(phone) ? state : connected(state, phone);
  },

  status(state, { state: named, text = '', reason = '', place = null }) {
    const why = [reason, text].find(isSentence) ?? '';
    if (state.former && (ACTIVATIONS.has(named) || named === 'connected')) return state;
    if (ACTIVATIONS.has(named)) return { ...connected(state), activation: named, reason: why };
    if (named === 'connected') return connected(state);
    if (named === 'waiting' || named === 'queued') return pairing(state, named, place);
    if (named === 'qr' || named === 'code') return { ...state, phase: 'live', alert: '' };
    if (named === 'confirming') return { ...state, phase: 'confirming', alert: '' };
    if (NOTICES.has(named)) return { ...pairing(state, named), asked: null, reason: why };
    return state;
  },

  error(state, { message = '', code = '', now = 0, retryAfter = 60 }) {
    if (LINK_PROBLEMS.has(code)) return { ...pairing(state, code), blockedUntil: now + retryAfter * 1000 };
    if (NOTICES.has(code)) return { ...pairing(state, code), asked: null, reason: message };
    if (state.asked) return { ...state, asked: null, refusal: message };
    return { ...state, alert: message };
  },

  problem(state, event) {
    return LINK_PROBLEMS.has(event.code) || NOTICES.has(event.code) ? HANDLERS.error(state, event) : state;
  },

  // The server closed the socket and named no cause that we know.
  dismissed: (state) => ({ ...pairing(state, 'failed'), asked: null, reason: state.alert || state.refusal }),

  answer(state, { status }) {
    if (!status.whatsapp_connected) return state;
    if (isFormer(state, status)) {
      const { former } = state;
      return former.connectedAt ? state : { ...state, former: { ...former, connectedAt: status.connected_at } };
    }
    const activation = ACTIVATIONS.has(status.integration_status) ? status.integration_status : state.activation;
    const reason = isSentence(status.reason) ? status.reason : state.reason;
    return { ...connected(state, status.whatsapp_phone), activation, reason };
  },

  link: (state, { link }) => (state.link === link ? state : { ...state, link }),

  tick(state, { now }) {
    const { qr, code } = state;
    if (qr && !qr.stale && now >= qr.endsAt) return { ...state, qr: { ...qr, stale: true } };
    if (code && now >= code.endsAt) return { ...state, code: null, codeExpired: true };
    return state;
  },
};

// Reasons come as a sentence or as a machine's word; people are shown sentences.
const isSentence = (text) => /\p{Script=Cyrillic}/u.test(text ?? '');
