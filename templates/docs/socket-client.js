import { io } from 'socket.io-client';

// `origin` is the address of AI Admin; `token` and `companyId` are those of the connect link
export function connectWhatsApp(origin, token, companyId, { displayQR, showSuccess, handleError }) {
  const socket = io(`${origin}/marketplace`, {
    auth: { token },
    query: { companyId },
  });
  socket.on('qr-update', ({ qr, expiresIn }) => displayQR(qr, expiresIn));
  socket.on('whatsapp-connected', ({ phone }) => showSuccess(phone));
  socket.on('error', ({ message, code }) => handleError(message, code));
  return socket; // socket.emit('request-qr') asks for a code again; socket.disconnect() leaves
}
