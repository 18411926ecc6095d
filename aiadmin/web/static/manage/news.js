// The socket: whatever it says, something has changed.

import { io } from '../vendor/socket.io.esm.min.js';

const EVENTS = ['status', 'whatsapp-connected', 'sync'];

/** Calls `onNews` when the salon's state may have changed, and at each return after a break. */
export function openNews({ token, companyId, path, onNews }) {
  const socket = io('/marketplace', {
    path,
    auth: { token, codes: false },
    query: { companyId },
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelayMax: 10_000,
  });
  for (const event of [...EVENTS, 'connect']) socket.on(event, onNews);
}
