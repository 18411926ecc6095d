// One page, as the specification's snippet opens it, on the official client. Every event is a JSON line on stdout;
// every JSON line on stdin, {event, data}, is emitted; {"close": true} closes.

import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';

const { url, token, companyId, transports, headers = {}, auth = { token } } = JSON.parse(process.argv[2]);
const say = (event, data) => process.stdout.write(JSON.stringify({ event, data }) + '\n');

const bearer = token ? { Authorization: `Bearer ${token}` } : {};
const socket = io(`${url}/marketplace`, {
  auth,
  transportOptions: {
    polling: { extraHeaders: { ...bearer, ...headers } },
    websocket: { extraHeaders: headers },
  },
  query: companyId === undefined ? {} : { companyId },
  ...(transports ? { transports } : {}),
  reconnectionDelay: 200,
});

socket.on('connect', () => say('connect', socket.io.engine.transport.name));
socket.on('disconnect', (reason) => say('disconnect', reason));
socket.on('connect_error', (error) => say('connect_error', error.message));
socket.onAny((event, data) => say(event, data));

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { event, data, close } = JSON.parse(line);
    if (close) socket.disconnect();
    else if (data === undefined) socket.emit(event);
    else socket.emit(event, data);
  })
  .on('close', () => process.exit(0));
