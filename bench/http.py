"""Registrations, status reads and webhooks, on one web process with every layer on."""

from __future__ import annotations

import itertools
import json

from bench.load import Result, at_rate, get, post, throughput
from bench.tables import table
from tests.support.stack import Salon, Stack

WEBHOOK_AIM, WEBHOOK_P99_AIM_MS = 1000, 30


def measure(stack: Stack, salon: Salon, webhook_key: str) -> str:
    """The table of the HTTP figures."""
    salons = itertools.count(10_000_000)

    def register(_: int) -> bytes:
        return post("/marketplace/register", json.dumps({"salon_id": next(salons)}).encode())

    def status(_: int) -> bytes:
        return get(f"/marketplace/status/{salon.company_id}", f"X-API-Key: {salon.api_key}")

    events = itertools.count(10_000_000)  # of one length, so that only the number changes
    data = {"id": 1, "datetime": "2026-12-01T10:00:00+03:00", "services": [{"id": 1, "title": "Стрижка"}]}
    event = {"company_id": salon.salon_id, "resource": "record", "resource_id": next(events), "status": "create"}
    body = json.dumps(event | {"data": data}, ensure_ascii=False).encode()
    first = post(f"/marketplace/webhook/{salon.company_id}?key={webhook_key}", body)
    before, after = first.split(str(event["resource_id"]).encode())

    def webhook(_: int) -> bytes:
        return b"%s%d%s" % (before, next(events), after)

    health = throughput(stack.url, lambda _: get("/health"))
    runs = [
        ("GET /health (nothing behind it)", health),
        ("POST /marketplace/register", throughput(stack.url, register)),
        ("GET /marketplace/status/{id}", throughput(stack.url, status)),
        ("POST /marketplace/webhook/{id}, stored", throughput(stack.url, webhook)),
    ]
    rows = [_row(name, result, health) for name, result in runs]
    stored = stack.rows("SELECT count(*) AS stored FROM webhooks")[0]["stored"]
    steady = at_rate(stack.url, webhook, rate=100)
    good = len(runs[-1][1].latencies) - runs[-1][1].refused
    note = (
        f"webhooks answered 2xx: {good}, rows stored: {stored}."
        f" Aim: {WEBHOOK_AIM}/s and p99 < {WEBHOOK_P99_AIM_MS} ms at 100/s;"
        f" seen at 100/s: p50 {steady.percentile(0.5):.1f} ms, p99 {steady.percentile(0.99):.1f} ms,"
        f" refused {steady.refused}"
    )
    header = ["one web process, 32 connections", "req/s", "p50 ms", "p99 ms", "not 2xx", "ratio to /health"]
    return table("HTTP", header, rows) + "\n" + note


def _row(name: str, result: Result, base: Result) -> list[str]:
    return [
        name,
        f"{result.rate:.0f}",
        f"{result.percentile(0.5):.1f}",
        f"{result.percentile(0.99):.1f}",
        str(result.refused),
        f"{result.rate / base.rate:.2f}",
    ]
