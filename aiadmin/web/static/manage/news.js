// The socket: how far the reading of the journal is, in which chats something is new, and that something else has changed.

import { PAIRING_FAILURES } from '../connect/failures.js';
import { io } from '../vendor/socket.io.esm.min.js';

const EVENTS = ['status', 'whatsapp-connected', 'connect'];
const RETURN_MS = 2_000;

/**
 * Calls `onSync` with each step of the reading, and `onNews` when anything else may have changed: at each return after a
 * break, too, for what was said meanwhile is lost. `onMessages` hears in which chats something is new, `onLink` whether
 * the socket stands.
 */
export function openNews({ token, companyId, path, onSync, onMessages, onNews, onLink }) {
  const socket = io('/marketplace', {
    path,
    auth: { token, codes: false },
    query: { companyId },
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelayMax: 10_000,
  });
  let wasRefused = false;
  socket.on('sync', onSync);
  socket.on('messages', ({ contacts }) => onMessages(contacts));
  for (const event of EVENTS) socket.on(event, () => onNews());
  socket.on('error', ({ code }) => { wasRefused = !PAIRING_FAILURES.has(code); });
  socket.on('connect', () => { wasRefused = false; onLink(true); });
  socket.on('disconnect', (cause) => {
    onLink(false);
    // The client does not come back by itself where the server has closed: one that restarts gives no reason
    if (cause === 'io server disconnect' && !wasRefused) setTimeout(() => socket.connect(), RETURN_MS);
  });
}
