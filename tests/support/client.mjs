// Pages, as the specification's snippet opens one, on the official client: a process for all of them, as its start
// takes longer than most tests. One JSON object a line. In: {page, open} with the facts of a new page; {page, event,
// data} is emitted; {page, close} closes as a page does; {page, end} is a browser that is gone. Out: {page, event, data}.

import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';

const sockets = new Map();

function open(page, { url, token, companyId, transports, headers = {}, auth = { token } }) {
  const say = (event, data) => process.stdout.write(JSON.stringify({ page, event, data }) + '\n');
  const bearer = token ? { Authorization: `Bearer ${token}` } : {};
  const socket = io(`${url}/marketplace`, {
    auth,
    forceNew: true,
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
  sockets.set(page, socket);
}

function end(page) {
  const socket = sockets.get(page);
  sockets.delete(page);
  socket.io.reconnection(false);
  socket.offAny();
  socket.off();
  const { ws } = socket.io.engine?.transport ?? {};
  ws?.on('error', () => {}); // of a connection that was not open yet
  if (ws) ws.terminate(); // no farewell: whoever is gone says nothing
  else socket.io.engine?.close();
  process.stdout.write(JSON.stringify({ page, ended: true }) + '\n');
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { page, event, data, ...command } = JSON.parse(line);
    if (command.open) open(page, command.open);
    else if (command.end) end(page);
    else if (command.close) sockets.get(page).disconnect();
    else if (data === undefined) sockets.get(page).emit(event);
    else sockets.get(page).emit(event, data);
  })
  .on('close', () => process.exit(0));
