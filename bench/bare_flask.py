"""The least that Flask, gevent, gunicorn and psycopg2 can do for the same work: what `bench.http` compares with.

No limits, no log, no checks but the key, no error handling. Run by `gunicorn -k gevent bench.bare_flask:app`.
"""

# ruff: noqa: E402 - greenlets must replace the standard library before anything else sees it
from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import hashlib
import os
import secrets
from collections.abc import Sequence
from typing import Any

import psycopg2
import psycopg2.extensions
from flask import Flask, jsonify, request
from gevent.queue import LifoQueue
from gevent.socket import wait_read, wait_write
from redis import Redis

CONNECTIONS = 10
_READ = """
SELECT id, whatsapp_connected, whatsapp_phone, integration_status, whatsapp_connected_at
FROM companies WHERE api_key = %s
"""
_REGISTER = """
WITH made AS (
    INSERT INTO companies (yclients_id, company_id, phone, email, api_key, whatsapp_enabled, activation_deadline_at)
    VALUES (%s, %s, %s, %s, %s, true, now()) RETURNING id
), owed AS (
    INSERT INTO outbox (company_id, kind, dedup_key, deadline_at)
    SELECT id, 'activation', 'activation', now() FROM made
)
SELECT id FROM made
"""
_WEBHOOK = "INSERT INTO webhooks (company_id, dedup_key, body, received_at) VALUES (%s, %s, %s, now())"

app = Flask(__name__)
redis = Redis.from_url(os.environ["REDIS_URL"])
free: LifoQueue[Any] = LifoQueue()


def _wait(connection: Any) -> None:
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        (wait_read if state == psycopg2.extensions.POLL_READ else wait_write)(connection.fileno())


psycopg2.extensions.set_wait_callback(_wait)
for _ in range(CONNECTIONS):
    made = psycopg2.connect(os.environ["DATABASE_URL"])
    made.autocommit = True
    free.put(made)


def _ask(statement: str, *values: object) -> Sequence[Any] | None:
    connection = free.get()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone() if cursor.description else None
    finally:
        free.put(connection)


@app.get("/health")
def health() -> Any:
    """Nothing behind it."""
    return jsonify(status="ok")


@app.get("/marketplace/status/<int:company_id>")
def status(company_id: int) -> Any:
    """One read."""
    key = hashlib.sha256(request.headers["X-API-Key"].encode()).hexdigest()
    found = _ask(_READ, key)
    if found is None or found[0] != company_id:
        return jsonify(success=False), 401
    return jsonify(success=True, company_id=found[0], whatsapp_connected=found[1], integration_status=found[3])


@app.post("/marketplace/register")
def register() -> Any:
    """One statement for both rows, and the link in Redis."""
    given, key = request.get_json(), secrets.token_urlsafe(32)
    digest = hashlib.sha256(key.encode()).hexdigest()
    salon = given["salon_id"]
    row = _ask(_REGISTER, salon, salon, given.get("phone"), given.get("email"), digest)
    company_id = row[0] if row else 0
    redis.set(f"bare:{company_id}", key, ex=86400)
    return jsonify(success=True, company_id=company_id, salon_id=salon, api_key=key), 201


@app.post("/marketplace/webhook/<int:company_id>")
def webhook(company_id: int) -> Any:
    """One row; the key is compared."""
    if not secrets.compare_digest(request.args.get("key") or request.headers.get("X-API-Key", ""), KEY):
        return jsonify(success=False), 401
    request.get_json()
    _ask(_WEBHOOK, company_id, secrets.token_hex(8), request.get_data())
    return jsonify(success=True)


KEY = os.environ["BARE_KEY"]
