"""A small server for the connect page alone: renders it as the application does and emits what a test tells it to.

The page's own address chooses what it meets: `state` is the page_state, `socket` the Socket.IO path (a wrong one
plays a network without sockets). The Content-Security-Policy is the strict one of production.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from flask_socketio import SocketIO, emit
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from aiadmin.adapters.qr_image import svg
from aiadmin.web.http.static_files import URL_PATH, VersionedStatic
from aiadmin.web.pairing.connect_page import MODULES
from tests.page.api_document import DOCUMENT

ROOT = Path(__file__).parents[2]
SUPPORT = {"email": "help@example.com", "telegram": "help_example", "url": "https://example.com/help"}
TOKEN = "header.payload.signature"
CSP = "; ".join(
    [
        "default-src 'none'",
        "frame-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors https://yclients.com 'self'",
    ]
)


class Stub:
    """What the server would know: the company's status, what to refuse, and everything the page has asked for."""

    def __init__(self) -> None:
        self.status: dict[str, Any] = {}
        self.qr: dict[str, Any] = {}
        self.refusal: dict[str, Any] | None = None
        self.parting = threading.Event()
        """Whoever is refused is shown out only when this is set."""
        self.asked: list[str] = []
        self.consents: list[str | None] = []
        self.reset()

    def reset(self) -> None:
        self.status = {
            "success": True,
            "company_id": 1,
            "whatsapp_connected": False,
            "whatsapp_phone": None,
            "integration_status": "pairing",
            "connected_at": None,
        }
        self.qr = {"success": True, "qr": "2@http", "expires_in": 20}
        self.refusal = None
        self.parting.set()
        self.asked, self.consents = [], []


def create_app(stub: Stub) -> Flask:
    folders = {"template_folder": str(ROOT / "templates"), "static_folder": str(ROOT / "aiadmin/web/static")}
    app = VersionedStatic(__name__, static_url_path=URL_PATH, **folders)
    app.jinja_env.globals["support"] = SUPPORT
    _add_pages(app, stub)
    _add_answers(app, stub)
    _add_sockets(app, stub)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CSP
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app


def _add_pages(app: Flask, stub: Stub) -> None:
    @app.get("/marketplace/connect")
    def connect() -> str:
        token = request.args.get("token")
        return render_template(
            "marketplace/connect.html",
            token=token,
            company_id=1 if token else None,
            salon_title="Студия красоты «Мята»" if token else None,
            socket_url_path=request.args.get("socket", "/socket.io"),
            modules=MODULES,
            status=stub.status if token else None,
            page_state=request.args.get("state", "open") if token else "link-invalid",
        )

    @app.get("/frame")
    def frame() -> str:
        address = f"/marketplace/connect?token={TOKEN}&company=1"
        return f'<link rel="icon" href="data:,"><iframe width="700" height="900" src="{address}"></iframe>'

    @app.get("/docs")
    def docs() -> str:
        return render_template("docs.html", document=DOCUMENT)

    @app.get("/error")
    def error() -> str:
        return render_template(
            "error.html",
            title="Такой страницы нет",
            text="Проверьте адрес.",
            request_id="req-7",
        )


def _add_answers(app: Flask, stub: Stub) -> None:
    @app.get("/marketplace/status/<int:company_id>")
    def status(company_id: int) -> Response:
        bearer = request.headers.get("Authorization", "")
        stub.asked.append("status" if bearer == f"Bearer {TOKEN}" else f"status without token {company_id}")
        return jsonify(stub.status)

    @app.get("/marketplace/qr/<token>")
    def code(token: str) -> Any:
        relink = request.args.get("relink") == "1"
        if stub.status["whatsapp_connected"] and not relink:
            return jsonify(success=False, error="Уже подключён.", code="already-connected"), 409
        stub.asked.append("qr relink" if relink else "qr")
        stub.consents.append(request.args.get("consent"))
        if token.endswith(".svg"):
            return Response(svg("2@http"), mimetype="image/svg+xml")
        return jsonify(stub.qr), 200 if stub.qr.get("success") else 409


def _add_sockets(app: Flask, stub: Stub) -> None:
    sockets = SocketIO(app, async_mode="threading", always_connect=True)

    @sockets.on("connect", namespace="/marketplace")
    def connected(auth: dict[str, Any]) -> None:
        named = {True: "connect", False: "stand by"}
        stub.asked.append(named[auth["consent"]] if auth["token"] == TOKEN else "connect without token")
        if stub.refusal is None and not auth["consent"]:
            return
        if stub.status["whatsapp_connected"]:
            emit("whatsapp-connected", {"success": True, "phone": stub.status["whatsapp_phone"]})
            emit("status", {"state": stub.status["integration_status"]})
        if stub.refusal is not None:
            emit("error", stub.refusal)
            sockets.start_background_task(show_out, request.sid)  # type: ignore[attr-defined]

    def show_out(sid: str) -> None:
        stub.parting.wait()
        sockets.server.disconnect(sid, namespace="/marketplace")

    @sockets.on("request-qr", namespace="/marketplace")
    def request_qr(data: dict[str, bool]) -> None:
        assert data["consent"] is True
        stub.asked.append("request-qr relink" if data.get("relink") is True else "request-qr")

    @sockets.on("request-pairing-code", namespace="/marketplace")
    def request_code(data: dict[str, Any]) -> None:
        stub.asked.append(f"request-pairing-code {data['phone']}{' relink' if data.get('relink') is True else ''}")

    app.extensions["stub-sockets"] = sockets


class Quiet(WSGIRequestHandler):
    """Requests are seen in `Stub.asked`; nobody needs them on stderr as well."""

    def log_request(self, *_: object) -> None: ...


def serve(stub: Stub, port: int = 0) -> tuple[Flask, BaseWSGIServer]:
    """The server on a free port of 127.0.0.1, in a thread of its own; `server.shutdown()` ends it."""
    app = create_app(stub)
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return app, server


if __name__ == "__main__":
    _, running = serve(Stub(), 8765)
    print(f"http://127.0.0.1:{running.port}/marketplace/connect?token={TOKEN}&company=1&salon=962302")
    threading.Event().wait()
