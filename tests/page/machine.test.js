// What the connect page shows after which news. Times are milliseconds, chosen by the test.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { canChoose, canKeep, initial, isFinished, next, screenOf } from '../../aiadmin/web/static/connect/machine.js';

const fresh = () => initial('open', { whatsapp_connected: false, integration_status: 'pending' });
const after = (...events) => events.reduce(next, fresh());
const consent = { type: 'consent' };
const qr = (now = 0) => ({ type: 'qr-update', svg: '<svg/>', expiresIn: 20, now });
const code = (now = 0) => ({ type: 'pairing-code', code: 'ABCDEFGH', expiresIn: 60, now });
const status = (state, more = {}) => ({ type: 'status', state, ...more });

describe('consent comes first', () => {
  test('an open link starts with the risk note', () => assert.equal(screenOf(fresh()), 'consent'));
  test('consent leads to waiting for a code', () => assert.equal(screenOf(after(consent)), 'waiting'));
  test('consent cannot restart what is under way', () => {
    assert.equal(screenOf(after(consent, qr(), consent)), 'qr');
  });
});

describe('a code and its time', () => {
  test('a code is shown until its real end', () => {
    const state = after(consent, { type: 'qr-update', qr: '2@x', expiresIn: 60, now: 0 }, qr(1_000));
    assert.deepEqual(state.qr, { svg: '<svg/>', src: null, total: 20, endsAt: 21_000, stale: false });
    assert.equal(next(state, { type: 'tick', now: 20_999 }), state);
  });
  test('a code past its end is stale, and stays in place until the next', () => {
    const state = after(consent, qr(), { type: 'tick', now: 20_000 });
    assert.equal(state.qr.stale, true);
    assert.equal(screenOf(state), 'qr');
    assert.equal(next(state, qr(20_100)).qr.stale, false);
  });
  test('a stale code without a connection is not shown', () => {
    assert.equal(screenOf(after(consent, qr(), { type: 'tick', now: 20_000 }, { type: 'link', link: 'lost' })), 'offline');
  });
  test('a live code outlasts a lost connection', () => {
    assert.equal(screenOf(after(consent, qr(), { type: 'link', link: 'lost' })), 'qr');
  });
});

describe('the phone number way', () => {
  const phone = { type: 'method', method: 'phone' };
  test('the tab opens the form', () => assert.equal(screenOf(after(consent, qr(), phone)), 'phone'));
  test('an asked code is waited for', () => {
    assert.equal(screenOf(after(consent, qr(), phone, { type: 'ask-code', phone: '79001234567' })), 'waiting');
  });
  test('a code that never comes does not lock the form', () => {
    assert.equal(screenOf(after(consent, qr(), phone, { type: 'ask-code', phone: '79001234567' }, phone)), 'phone');
  });
  test('a code opens its own tab', () => assert.equal(screenOf(after(consent, qr(), code())), 'code'));
  test('a new QR code does not hide the phone code', () => {
    assert.equal(screenOf(after(consent, code(), qr())), 'code');
  });
  test('a code past its end gives the form back with a word about it', () => {
    const state = after(consent, code(), { type: 'tick', now: 60_000 });
    assert.equal(screenOf(state), 'phone');
    assert.equal(state.codeExpired, true);
  });
  test('a refusal is shown at the form', () => {
    const state = after(consent, qr(), phone, { type: 'ask-code', phone: '7' }, { type: 'error', message: 'Не тот номер' });
    assert.equal(screenOf(state), 'phone');
    assert.equal(state.refusal, 'Не тот номер');
  });
});

describe('what the server says', () => {
  for (const named of ['waiting', 'queued', 'confirming', 'exhausted', 'unreachable', 'passkey', 'already-linked', 'queue-full', 'failed']) {
    test(`status ${named} has a screen of that name`, () => assert.equal(screenOf(after(consent, status(named))), named));
  }
  for (const problem of ['link-expired', 'link-revoked', 'link-invalid', 'too-many-attempts']) {
    test(`${problem} ends the page's work`, () => {
      const state = after(consent, qr(), { type: 'error', code: problem, message: '' });
      assert.equal(screenOf(state), problem);
      assert.ok(isFinished(state));
      assert.equal(next(state, qr()), state);
    });
  }
  test('a place in the queue is kept', () => assert.equal(after(consent, status('queued', { place: 7 })).place, 7));
  test('a new code ends a pause', () => assert.equal(screenOf(after(consent, status('unreachable'), qr())), 'qr'));
  test('an unknown state changes nothing', () => {
    const state = after(consent, qr());
    assert.equal(next(state, status('dancing')), state);
  });
  test('an unknown event changes nothing', () => assert.equal(screenOf(after({ type: 'surprise' })), 'consent'));
  test('an error without a name is told beside the code', () => {
    const state = after(consent, qr(), { type: 'error', message: 'Подождите' });
    assert.equal(state.alert, 'Подождите');
    assert.equal(screenOf(state), 'qr');
    assert.equal(screenOf(next(state, { type: 'dismissed' })), 'failed');
  });
  test('over HTTP only a known problem changes the page', () => {
    const state = after(consent, qr());
    assert.equal(next(state, { type: 'problem', code: 'not-ready', message: 'Ещё не готов' }), state);
    assert.equal(screenOf(next(state, { type: 'problem', code: 'link-revoked' })), 'link-revoked');
  });
  test('trying again leaves every notice', () => {
    assert.equal(screenOf(after(consent, status('exhausted'), { type: 'retry' })), 'waiting');
    assert.equal(screenOf(after(consent, { type: 'error', code: 'too-many-attempts' }, { type: 'retry' })), 'waiting');
  });
});

describe('a linked phone', () => {
  const linked = { type: 'whatsapp-connected', success: true, phone: '79001234567' };
  test('the page starts with success when the salon is connected already', () => {
    const state = initial('open', { whatsapp_connected: true, whatsapp_phone: '79001234567', integration_status: 'active' });
    assert.equal(screenOf(state), 'connected');
    assert.ok(isFinished(state));
  });
  test('success hides the code and outlives late news', () => {
    const state = after(consent, qr(), linked);
    assert.equal(screenOf(state), 'connected');
    assert.equal(state.qr, null);
    assert.equal(next(state, qr()), state);
    assert.equal(next(state, status('waiting')), state);
    assert.equal(canChoose(state), false);
  });
  test('an event lost on the way is made good by the next answer', () => {
    const answer = { whatsapp_connected: true, whatsapp_phone: '79001234567', integration_status: 'activating' };
    const state = after(consent, qr(), { type: 'answer', status: answer });
    assert.equal(screenOf(state), 'connected');
    assert.equal(state.activation, 'activating');
  });
  test('an answer brings the reason of a failed activation', () => {
    const answer = { whatsapp_connected: true, integration_status: 'activation_failed', reason: 'Нет ответа.' };
    assert.equal(after({ type: 'answer', status: answer }).reason, 'Нет ответа.');
  });
  test('activation is followed apart, to its end', () => {
    const state = after(consent, linked, status('activation_failed', { text: 'YClients не ответил.', reason: 'timeout' }));
    assert.equal(state.activation, 'activation_failed');
    assert.equal(state.reason, 'YClients не ответил.');
    assert.equal(isFinished(state), false);
    assert.ok(isFinished(next(state, status('active'))));
  });
  test('success that is none is a failure with its reason', () => {
    const state = after(consent, { type: 'whatsapp-connected', success: false, message: 'Не вышло' });
    assert.equal(screenOf(state), 'failed');
    assert.equal(state.reason, 'Не вышло');
  });
});

describe('replacing a connected phone', () => {
  const first = { whatsapp_connected: true, whatsapp_phone: '79001234567', integration_status: 'active', connected_at: 'T1' };
  const events = (...list) => list.reduce(next, initial('open', first));
  const relink = { type: 'relink' };
  const replace = { type: 'replace' };
  const answer = (more = {}) => ({ type: 'answer', status: { ...first, ...more } });
  const begun = (...list) => events(relink, replace, consent, ...list);

  test('it is asked first, and the risk is told once a visit', () => {
    assert.equal(screenOf(events(relink)), 'relink');
    assert.equal(screenOf(events(relink, replace)), 'consent');
    assert.equal(screenOf(begun()), 'waiting');
    const linked = { type: 'whatsapp-connected', phone: '79001234567' };
    assert.equal(screenOf(after(consent, qr(), linked, relink, replace)), 'waiting');
  });
  test('only a connected salon has a phone to replace', () => assert.equal(screenOf(after(consent, qr(), relink)), 'qr'));
  test('nothing is shown before it has been agreed to, whatever another page of the salon does', () => {
    assert.equal(screenOf(events(relink, qr(), code(), status('waiting'))), 'relink');
    assert.equal(screenOf(events(relink, replace, qr())), 'consent');
  });
  test('news of the old phone ends nothing', () => {
    const old = [answer(), { type: 'whatsapp-connected', phone: '79001234567' }, status('active'), status('connected')];
    assert.equal(screenOf(begun(...old)), 'waiting');
    assert.equal(screenOf(begun(qr(), ...old)), 'qr');
    assert.equal(isFinished(begun(...old)), false);
  });
  test('another phone ends it, by event or by answer', () => {
    for (const news of [{ type: 'whatsapp-connected', phone: '79007654321' }, answer({ whatsapp_phone: '79007654321' })]) {
      const state = begun(qr(), news);
      assert.equal(screenOf(state), 'connected');
      assert.equal(state.phone, '79007654321');
      assert.equal(state.former, null);
      assert.ok(isFinished(state));
    }
  });
  test('the same number linked anew is known by the time of its link', () => {
    assert.equal(screenOf(begun(answer(), qr(), answer())), 'qr');
    assert.equal(screenOf(begun(answer(), qr(), answer({ connected_at: 'T2' }))), 'connected');
  });
  test('the old phone can be kept until the new one is being confirmed', () => {
    for (const state of [events(relink), events(relink, replace), begun(), begun(qr()), begun(status('exhausted'))]) {
      const kept = next(state, { type: 'keep' });
      assert.equal(screenOf(kept), 'connected');
      assert.deepEqual([kept.phone, kept.activation, kept.former], ['79001234567', 'active', null]);
    }
    assert.ok(canKeep(begun(qr())));
    assert.equal(canKeep(begun(status('confirming'))), false);
    assert.equal(canKeep(after(consent, qr())), false);
  });
  test('a link problem on the way ends the work as ever', () => {
    assert.equal(screenOf(begun({ type: 'error', code: 'link-revoked' })), 'link-revoked');
  });
});
