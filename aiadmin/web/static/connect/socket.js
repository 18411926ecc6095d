// The socket: the official client, its events handed on as they come.

import { PAIRING_FAILURES } from './failures.js';
import { io } from '../vendor/socket.io.esm.min.js';

const EVENTS = ['qr-update', 'pairing-code', 'whatsapp-connected', 'status'];
const RETURN_MS = 2_000;
const REFUSAL_MS = 2_000; // an error this close before a disconnect is its cause

/**
 * Opens namespace /marketplace. `onLink` hears up, down (it is trying again), failed (one whole attempt, all transports,
 * came to nothing) and refused: the server named an error and closed the socket, which stays closed until `connect()`.
 * `consent()` says at each connection whether codes may be made already.
 */
export function openSocket({ token, companyId, path, consent, dispatch, onLink }) {
  const socket = io('/marketplace', {
    path,
    auth: (give) => give({ token, consent: consent() }),
    query: { companyId },
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelayMax: 10_000,
    timeout: 10_000,
  });
  let refusedAt = -Infinity;

  for (const type of EVENTS) socket.on(type, (data) => dispatch({ ...data, type }));
  socket.on('error', (data) => {
    if (PAIRING_FAILURES.has(data.code)) return; // its status has been dispatched
    refusedAt = performance.now();
    dispatch({ ...data, type: 'error' });
  });
  socket.on('connect', () => onLink('up'));
  socket.on('connect_error', () => onLink('failed'));
  socket.on('disconnect', (cause) => {
    if (cause === 'io client disconnect') return;
    const byServer = cause === 'io server disconnect';
    if (byServer && performance.now() - refusedAt < REFUSAL_MS) return onLink('refused');
    onLink('down');
    if (byServer) setTimeout(() => socket.connect(), RETURN_MS); // a server that restarts gives no reason
  });
  return socket;
}
