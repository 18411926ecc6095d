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
from tests.integration.sockets.site import Salon, Site

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
def page(site: Site, script: str) -> Iterator[Iterator[list[Any]]]:
    """A page that runs `script`; yields what its functions are called with, as it comes."""
    process = subprocess.Popen(
        ["node", "--input-type=module", "--eval", PAGE.replace("ORIGIN", json.dumps(site.url)) + script],
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
        process.wait(10)


def show_code(site: Site, salon: Salon, seconds: int = 18) -> None:
    now = datetime.now(UTC)
    code = LiveCode(text="2@ABCdef...", generated_at=now, expires_at=now + timedelta(seconds=seconds))
    site.container.pairing_store.publish_code(salon.company_id, code)


def test_43_44_the_first_snippet_connects(site: Site) -> None:
    salon = site.register()
    show_code(site, salon)
    script = FIRST.replace("your_token_here", salon.token).replace("'1'", f"'{salon.company_id}'")
    with page(site, script + "socket.on('qr-update', say('qr-update'));") as heard:
        name, data = next(heard)
    assert name == "qr-update"
    assert data["qr"] == "2@ABCdef..."


def test_50_52_53_54_113_the_second_snippet_hears_codes_failures_and_success(site: Site) -> None:
    salon = site.register()
    said = site.container.page_events
    show_code(site, salon)
    with page(site, SECOND + f"connectWhatsApp({salon.token!r}, {salon.company_id});") as heard:
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


def test_48_51_request_qr_shows_the_living_code_and_the_seconds_it_has(site: Site) -> None:
    salon = site.register()
    show_code(site, salon, seconds=60)
    opened = site.open(salon)
    first = opened.wait_for("qr-update")
    opened.emit("request-qr")
    again = opened.wait_for("qr-update")
    assert again["qr"] == first["qr"]
    assert 55 <= again["expiresIn"] <= first["expiresIn"] <= 60


def test_49_73_a_client_that_disconnects_is_gone(site: Site) -> None:
    opened = site.open(site.register())
    opened.wait_for_state("waiting")
    opened.leave()
    assert opened.wait_for("disconnect") == "io client disconnect"
