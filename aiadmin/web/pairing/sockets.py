"""Socket.IO: the namespace `/marketplace`, where a salon's page sees its codes come and its phone connect.

A client makes codes by being there. Our own page asks its reader for consent first, and says so: with
`auth.consent: false` it is let in early, so that nothing has to be opened later, but gets and makes nothing until it
says `request-qr` with `{"consent": true}`. The first consent is kept with its time. It is a gate of our page, not of
this contract.

Three rules, each learnt from the libraries:

* `on_connect` takes `auth` without a default: with one, a TypeError inside lets the client in unchecked;
* a client is told of its connection before it is checked, so a refusal is an `error` event and a disconnect, nothing
  else, and a socket that was not accepted may ask nothing;
* what is for one socket is not sent through Redis: it must arrive while Redis is away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import structlog
from flask import Flask, request
from flask_socketio import Namespace, SocketIO
from gevent import monkey

from aiadmin.adapters.sockets import page_events
from aiadmin.adapters.sockets.manager import ListeningManager
from aiadmin.adapters.sockets.page_events import NAMESPACE, Payload, room_of
from aiadmin.container import Container
from aiadmin.domain.companies.company import Company
from aiadmin.domain.errors import AiAdminError, DependencyDownError, LinkError, LinkInvalidError
from aiadmin.domain.job import Job
from aiadmin.domain.messages.phone_numbers import read_phone
from aiadmin.domain.pairing.attempt import PairingState
from aiadmin.services.companies import registration
from aiadmin.texts import ru
from aiadmin.web.http import origins, request_log
from aiadmin.web.http.errors import answer_to
from aiadmin.web.http.request_context import peer
from aiadmin.web.pairing import snapshot
from aiadmin.web.pairing.connected_pages import ConnectedPages, PageConnection
from aiadmin.web.pairing.handshake import Handshake, read
from aiadmin.web.pairing.prewarm import prewarm
from aiadmin.web.pairing.socket_gate import QUIET, SocketGate
from aiadmin.web.pairing.socket_limits import SocketLimits
from aiadmin.web.pairing.socket_packets import StrictPacket

log = structlog.get_logger(__name__)

MAX_MESSAGE_BYTES = 16 * 1024
CATCH_UP_SECONDS = 6.0
"""A coordinator writes what it shows to Redis every five."""
OPEN_PAUSES_SECONDS = (1.0, 2.0, 3.0, 4.0)
_HANDLERS = {
    "connect": "connect",
    "disconnect": "disconnect",
    "request-qr": "request_qr",
    "request-pairing-code": "request_pairing_code",
}


def attach(app: Flask, container: Container) -> SocketIO:
    """Serve Socket.IO in `app`. ProxyFix comes after, outermost: sockets are limited by the caller's address."""
    config, http = container.config, app.wsgi_app
    manager = ListeningManager(config.redis_url)
    server = SocketIO(
        app,
        async_mode="gevent" if monkey.is_module_patched("socket") else "threading",
        client_manager=manager,
        cors_allowed_origins=lambda origin, _environ: origins.is_allowed(origin or "", config),
        cors_credentials=False,
        always_connect=True,
        manage_session=False,
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        serializer=StrictPacket,
        async_handlers=False,  # a greenlet for each event would leave their number to the client
        logger=QUIET,
        engineio_logger=QUIET,
    )
    namespace = MarketplaceNamespace(container, server)
    manager.on_listening = namespace.show_again
    server.on_namespace(namespace)
    app.wsgi_app = SocketGate(  # type: ignore[method-assign]
        app.wsgi_app,
        server.server,
        http=http,
        joins=config.socket_limit_per_minute,
        addresses=config.log_addresses,
        metrics=container.metrics,
    )
    return server


class MarketplaceNamespace(Namespace):  # type: ignore[misc]
    """One company's pages."""

    def __init__(self, container: Container, server: SocketIO) -> None:
        super().__init__(NAMESPACE)
        self._container = container
        self._limits = SocketLimits(container)
        self._pages = ConnectedPages(
            container.pairing_store,
            container.metrics,
            start=server.start_background_task,
            sleep=server.sleep,
        )

    def trigger_event(self, event: str, *args: object) -> object:
        """Only the events of the contract reach a handler."""
        name = _HANDLERS.get(event)
        return None if name is None else super().trigger_event(name, *args)

    def show_again(self) -> None:
        """Redis is heard from now on: show the pages of before what they may have missed.

        They wait until the coordinators have said it all again. Whoever comes meanwhile misses nothing.
        """
        missing = self._pages.all()
        if missing:
            self.socketio.sleep(CATCH_UP_SECONDS)
        for sid, page in missing.items():
            try:
                self._show(sid, self._open(page.token))
            except AiAdminError as error:
                log.info("a page was not shown its state", reason=_code_of(error))

    def on_connect(self, auth: object) -> None:
        """Let the page in and show it what is; or say why not, and close."""
        try:
            self._admit(auth)
        except AiAdminError as error:
            self._refuse(_code_of(error))
        except Exception:
            # closed by default: the client already counts as connected
            log.exception("a socket could not be admitted")
            self._refuse("internal")

    def on_disconnect(self, _reason: str) -> None:
        """The page is gone."""
        self._pages.leave(_sid())

    def on_request_qr(self, *args: object) -> None:
        """The button: the living code again, or a new series where none lives, also after three of them.

        `{"relink": true}` replaces a connected phone.

        `{"consent": true}`: the reader of our page has agreed to the risks.
        """
        self._serve(lambda company: self._pair(company, _fields(args)))

    def on_request_pairing_code(self, *args: object) -> None:
        """A code to type instead of one to scan, for `{"phone": ...}`."""
        self._serve(lambda company: self._pair_by_phone(company, _fields(args)))

    def _admit(self, auth: object) -> None:
        if not self._limits.may_connect(peer()):
            return self._refuse("too-many-attempts")
        handshake = read(auth)
        try:
            return self._enter(handshake)
        except DependencyDownError as error:
            self._complain(_code_of(error))
            # not here: a client that is still changing to a websocket hears nothing until this handler is through
            self.socketio.start_background_task(self._enter_patiently, handshake)

    def _enter(self, handshake: Handshake) -> None:
        company = self._open(handshake.token)
        if handshake.company_id not in {None, str(company.company_id)}:
            raise LinkInvalidError
        if not self.socketio.server.manager.is_connected(handshake.sid, NAMESPACE):
            return None
        self.socketio.server.enter_room(handshake.sid, room_of(company.company_id), namespace=NAMESPACE)
        self._pages.enter(handshake.sid, PageConnection(company_id=company.company_id, token=handshake.token))
        if not self.socketio.server.manager.is_connected(handshake.sid, NAMESPACE):
            # it left while its link was being checked, and its leaving is reported already
            return self._pages.leave(handshake.sid)
        return self._attend(handshake, company)

    def _enter_patiently(self, handshake: Handshake) -> None:
        """Wait for PostgreSQL a while: a restart of it must not send a page away."""
        code = ""
        for pause in OPEN_PAUSES_SECONDS:
            self.socketio.sleep(pause)
            try:
                return self._enter(handshake)
            except DependencyDownError as error:
                code = _code_of(error)
            except AiAdminError as error:
                return self._refuse(_code_of(error), handshake)
        return self._refuse(code, handshake)

    def _attend(self, handshake: Handshake, company: Company) -> None:
        """A page of a salon that is not connected makes codes by being there, unless its reader has yet to agree."""
        if not handshake.wants_codes:
            return None
        try:
            if handshake.consent is False:
                return prewarm(self._container, company)
            if not company.whatsapp_connected:
                self._pages.watch(handshake.sid)
                self._note_consent(company, handshake.consent)
                self._forget_old_success(company)
                self._watch(handshake.sid, company)
            return self._show(handshake.sid, company)
        except DependencyDownError as error:
            return self._complain(_code_of(error), handshake.sid)

    def _note_consent(self, company: Company, consent: object) -> None:
        if consent is True:
            registration.consent(company, uow=self._container.uow, clock=self._container.clock)

    def _forget_old_success(self, company: Company) -> None:
        """The phone was unlinked since."""
        progress = self._container.pairing_store.find_state(company.company_id)
        if progress is not None and progress.state is PairingState.CONNECTED:
            self._container.pairing_store.retry(company.company_id)

    def _pair(self, company: Company, fields: dict[str, object]) -> None:
        if company.whatsapp_connected and fields.get("relink") is not True:
            return self._show(_sid(), company)
        self._note_consent(company, fields.get("consent"))
        self._container.pairing_store.retry(company.company_id)
        self._watch(_sid(), company)
        return self._send_all(_sid(), snapshot.of_pairing(company.company_id, self._container))

    def _pair_by_phone(self, company: Company, fields: dict[str, object]) -> None:
        if company.whatsapp_connected and fields.get("relink") is not True:
            return self._show(_sid(), company)
        typed = fields.get("phone")
        phone = read_phone(typed, company.country)
        if phone is None:
            return self._complain("phone-invalid")
        if not self._limits.may_ask_code(company.company_id):
            return self._complain("too-many-requests")
        self._container.pairing_store.request_code(company.company_id, phone)
        return self._watch(_sid(), company)

    def _watch(self, sid: str, company: Company) -> None:
        self._pages.watch(sid)
        self._container.pairing_store.watch(company.company_id)
        self._container.queue.nudge(Job.WAKE_HOSTS)

    def _serve(self, act: Callable[[Company], None]) -> None:
        """Do what an accepted socket asks, if its link still holds."""
        page = self._pages.find(_sid())
        if page is None:
            return self._refuse("link-invalid")
        if not self._limits.may_ask(page.company_id):
            return self._complain("too-many-requests")
        try:
            return act(self._open(page.token))
        except LinkError as error:
            return self._refuse(_code_of(error))
        except DependencyDownError as error:
            return self._complain(_code_of(error))

    def _open(self, token: str) -> Company:
        return self._container.open_link(token)

    # what a page is shown

    def _show(self, sid: str, company: Company) -> None:
        self._send_all(sid, snapshot.of_company(company, self._container))

    def _send_all(self, sid: str, events: Iterator[snapshot.Event]) -> None:
        for event, data in events:
            self._send(event, data, sid)

    def _send(self, event: str, data: Payload, sid: str | None = None) -> None:
        self.socketio.emit(event, dict(data), namespace=NAMESPACE, to=sid or _sid(), ignore_queue=True)

    def _complain(self, code: str, sid: str | None = None) -> None:
        self._send("error", page_events.error(code, ru.SOCKET_ERRORS.get(code) or ru.ERRORS[code]), sid)

    def _refuse(self, code: str, handshake: Handshake | None = None) -> None:
        """Say why and close; in the background, where there is no request, by what the page said at the door."""
        sid, address = (handshake.sid, handshake.address) if handshake else (_sid(), request.remote_addr or "")
        event = "socket limit exceeded" if code == "too-many-attempts" else "socket refused"
        log.warning(event, code=code, ip=request_log.logged_address(address, self._container.config.log_addresses))
        self._complain(code, sid)
        self.socketio.server.disconnect(sid, namespace=NAMESPACE)


def _fields(args: tuple[object, ...]) -> dict[str, object]:
    return cast("dict[str, object]", args[0]) if args and isinstance(args[0], dict) else {}


def _sid() -> str:
    return cast("str", request.sid)  # type: ignore[attr-defined]


def _code_of(error: AiAdminError) -> str:
    return answer_to(error).code
