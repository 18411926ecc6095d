"""The specification's two snippets of a socket client, run as they are printed, on the official library."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aiadmin.domain.pairing.attempt import PairingState
from aiadmin.domain.pairing.live_code import LiveCode
from tests.conftest import ROOT
from tests.support.live_site import LiveSite, Salon

pytestmark = pytest.mark.process
FIRST = """
const socket = io('/marketplace', {
  auth: {
    token: 'your_token_here'
  },
  transportOptions: {
    polling: {
      extraHeaders: {
        'Authorization': 'Bearer your_token_here'
      }
    }
  },
  query: {
    companyId: '1'
  }
});
"""
SECOND = """
async function connectWhatsApp(token, companyId) {
  const socket = io('/marketplace', {
    auth: { token },
    transportOptions: {
      polling: {
        extraHeaders: {
          'Authorization': `Bearer ${token}`
        }
      }
    },
    query: { companyId }
  });

  socket.on('connect', () => {
    console.log('Connected to server');
  });

  socket.on('qr-update', (data) => {
    // Отобразить QR-код
    displayQR(data.qr);
  });

  socket.on('whatsapp-connected', (data) => {
    // Показать успех
    showSuccess(data);
  });

  socket.on('error', (error) => {
    // Обработать ошибку
    handleError(error);
  });
}
"""
PAGE = """
import { io as client } from 'socket.io-client';
const io = (namespace, options) => client(ORIGIN + namespace, options);  // what a page's own address adds
const say = (name) => (data) => process.stdout.write(JSON.stringify([name, data ?? null]) + '\\n');
console.log = say('log');
const displayQR = say('displayQR'), showSuccess = say('showSuccess'), handleError = say('handleError');
process.stdin.on('data', () => {}).on('end', () => process.exit(0));
"""


@contextmanager
def page(live_site: LiveSite, script: str) -> Iterator[Iterator[list[Any]]]:
    """A page that runs `script`; yields what its functions are called with, as it comes."""
    process = subprocess.Popen(
        ["node", "--input-type=module", "--eval", PAGE.replace("ORIGIN", json.dumps(live_site.url)) + script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield (json.loads(line) for line in process.stdout)
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(30)


def show_code(live_site: LiveSite, salon: Salon, seconds: int = 18) -> None:
    now = datetime.now(UTC)
    code = LiveCode(text="2@ABCdef...", generated_at=now, expires_at=now + timedelta(seconds=seconds))
    live_site.container.pairing_store.publish_code(salon.company_id, code)


def test_43_44_the_first_snippet_connects(live_site: LiveSite) -> None:
    salon = live_site.register()
    show_code(live_site, salon)
    script = FIRST.replace("your_token_here", salon.token).replace("'1'", f"'{salon.company_id}'")
    with page(live_site, script + "socket.on('qr-update', say('qr-update'));") as heard:
        name, data = next(heard)
    assert name == "qr-update"
    assert data["qr"] == "2@ABCdef..."


def test_50_52_53_54_113_the_second_snippet_hears_codes_failures_and_success(live_site: LiveSite) -> None:
    salon = live_site.register()
    said = live_site.container.page_events
    show_code(live_site, salon)
    with page(live_site, SECOND + f"connectWhatsApp({salon.token!r}, {salon.company_id});") as heard:
        assert next(heard) == ["log", "Connected to server"]
        assert next(heard) == ["displayQR", "2@ABCdef..."]
        said.error(salon.company_id, code=PairingState.ALREADY_LINKED, text="Описание ошибки")
        assert next(heard) == ["handleError", {"message": "Описание ошибки", "code": "already-linked"}]
        said.connected(salon.company_id, phone="79001234567")
        assert next(heard) == [
            "showSuccess",
            {
                "success": True,
                "phone": "79001234567",
                "companyId": salon.company_id,
                "message": "WhatsApp успешно подключен!",
            },
        ]


def test_48_51_request_qr_shows_the_living_code_and_the_seconds_it_has(live_site: LiveSite) -> None:
    salon = live_site.register()
    show_code(live_site, salon, seconds=60)
    opened = live_site.open(salon)
    first = opened.wait_for("qr-update")
    opened.emit("request-qr")
    again = opened.wait_for("qr-update")
    assert again["qr"] == first["qr"]
    assert 55 <= again["expiresIn"] <= first["expiresIn"] <= 60


def test_49_73_a_client_that_disconnects_is_gone(live_site: LiveSite) -> None:
    opened = live_site.open(live_site.register())
    opened.wait_for_state("waiting")
    opened.leave()
    assert opened.wait_for("disconnect") == "io client disconnect"
