"""`companies` and `keys`, as an operator types them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner, Result
from rq import Queue
from sqlalchemy import text

from aiadmin.cli import cli
from aiadmin.container import Container
from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.errors import LinkRevokedError
from aiadmin.domain.job import QueueName
from aiadmin.services.companies import registration
from tests.fakes.yclients.client import FakeYClients
from tests.support.linked_salons import JWT_SECRET, link, register

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, redis_url: str, yclients: FakeYClients) -> Run:
    """Call one command in this process, in production, where nothing is looked up in the project."""
    env = {
        **yclients.env(),
        "APP_ENV": "production",
        "PUBLIC_URL": "https://bot.example",
        "ADMIN_API_KEY": "a" * 32,
        "JWT_SECRET": JWT_SECRET,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }
    return lambda *arguments: CliRunner(env=env).invoke(cli, [str(argument) for argument in arguments])


def test_the_list_shows_every_company_and_no_whole_phone(box: Container, run: Run) -> None:
    first, second = register(box, 962302), link(box, 5)
    answer = run("companies", "list")
    assert answer.exit_code == 0, answer.output
    heading, *lines = answer.output.splitlines()
    assert heading.split() == ["ID", "SALON", "STATUS", "WHATSAPP", "STATES", "ATTENTION", "REGISTERED", "TITLE"]
    assert [line.split()[:3] for line in lines] == [
        [str(first.company.company_id), "962302", "pending"],
        [str(second.company_id), "5", "activating"],
    ]
    assert second.company.whatsapp_phone not in answer.output


def listed(run: Run, *options: str) -> list[int]:
    answer = run("companies", "list", "--json", *options)
    assert answer.exit_code == 0, answer.output
    return [one["salon"] for one in json.loads(answer.stdout)]


def test_the_list_is_searched_and_narrowed_and_read_by_programs(box: Container, run: Run) -> None:
    register(box, 962302)
    linked = link(box, 5)
    with box.engine.begin() as connection:
        for change in (
            "UPDATE companies SET title = 'Студия «Мята»' WHERE yclients_id = 962302",
            "UPDATE companies SET integration_status = 'activation_failed' WHERE yclients_id = 5",
        ):
            connection.execute(text(change))
    phone = linked.company.whatsapp_phone or ""
    assert listed(run) == [962302, 5]
    assert listed(run, "--search", "мята") == [962302]
    assert listed(run, "--search", phone[-4:]) == [5]
    assert listed(run, "--status", "pending") == [962302]
    assert listed(run, "--attention") == [5]
    assert listed(run, "--attention", "--search", "мята") == []
    [told] = json.loads(run("companies", "list", "--json", "--attention").stdout)
    assert told["attention"][0] == {"kind": "activation-failed", "level": "now", "since": None, "count": None}
    assert phone not in str(told)
    assert "activation-failed" in run("companies", "list", "--attention").output
    assert run("companies", "list", "--status", "nonsense").exit_code == 2


def test_a_link_is_made_for_a_salon_that_has_lost_its_own_and_it_is_audited(box: Container, run: Run) -> None:
    made = register(box)
    answer = run("companies", "link", made.company.company_id)
    assert answer.exit_code == 0, answer.output
    address = urlsplit(answer.stdout.strip())
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://bot.example/marketplace/connect"
    [token] = parse_qs(address.query)["token"]
    assert box.open_link(token).company_id == made.company.company_id
    with pytest.raises(LinkRevokedError):
        box.open_link(made.token)
    with box.uow() as work:
        assert [one.action for one in work.audit.recent(made.company.company_id, limit=5)] == ["link.issue"]


def test_how_everything_stands_is_one_screen(box: Container, run: Run) -> None:
    empty = run("status")
    assert empty.exit_code == 0, empty.output
    for nothing in ("no session host is alive", "nothing waits", "no salon needs attention"):
        assert nothing in empty.output
    link(box, 5)
    with box.engine.begin() as connection:
        for change in (
            "UPDATE companies SET integration_status = 'active', title = 'Мята'",
            "UPDATE devices SET state_since = now() - interval '1 hour'",
            "INSERT INTO session_hosts (id, lease_until, capacity, name)"
            " VALUES (gen_random_uuid(), now() + interval '1 hour', 9, 'vm-1')",
        ):
            connection.execute(text(change))
    shown = run("status").output
    for words in ("1 all", "0 of 1 linked", "vm-1", "waits-for-host", "Мята", "outbox"):
        assert words in shown, shown
    told = json.loads(run("status", "--json").stdout)
    assert (told["salons"]["attention"], told["linked"], told["hosts"][0]["sessions"]) == (1, 1, "0/9")


def test_one_company_is_shown_with_its_device_its_callback_and_its_last_error(
    box: Container, yclients: FakeYClients, run: Run
) -> None:
    yclients.connect([962302])
    yclients.fault("/marketplace/partner/callback", status=422, body='{"meta": {"message": "Bad url"}}')
    salon = link(box)
    salon.deliver()
    registration.consent(salon.company, uow=box.uow, clock=lambda: datetime(2026, 3, 8, 12, tzinfo=UTC))
    output = run("companies", "show", salon.company_id).output
    shown = {line[:20].strip(): line[21:].strip() for line in output.splitlines()}
    assert shown["status"] == "activation_failed"
    assert shown["consented"].startswith("2026-03-08 12:00")
    assert shown["activation error"] == "invalid"
    assert shown["device seen"] == "linked"
    assert (shown["callback state"], shown["callback attempts"]) == ("failed", "1")
    assert shown["callback last error"] == "invalid: HTTP 422 Bad url"
    assert salon.api_key not in output
    assert salon.company.whatsapp_phone not in output


def test_a_company_that_waits_for_its_phone_is_shown_as_such(box: Container, run: Run) -> None:
    answer = run("companies", "show", register(box).company.company_id)
    assert "held until a phone is linked" in answer.output
    assert re.search(r"^consented +-$", answer.output, re.MULTILINE)
    assert answer.exit_code == 0


def test_a_failed_activation_is_started_again_and_the_worker_nudged(
    box: Container, yclients: FakeYClients, run: Run
) -> None:
    yclients.connect([962302])
    yclients.fault("/marketplace/partner/callback", status=401, body="{}")
    salon = link(box)
    salon.deliver()
    before = salon.row.deadline_at
    assert run("companies", "retry-activation", salon.company_id).exit_code == 0
    assert salon.company.integration_status is IntegrationStatus.ACTIVATING
    assert (salon.state, salon.row.attempts) == ("pending", 0)
    assert before is not None
    assert salon.row.deadline_at is not None
    assert salon.row.deadline_at > before
    assert len(Queue(QueueName.JOBS, connection=box.redis, serializer="json")) == 1
    salon.deliver()
    again = run("companies", "retry-activation", salon.company_id)
    assert (again.exit_code, again.output) == (1, "Error: YClients has confirmed this company already\n")


def test_a_key_is_shown_once_and_the_old_one_is_worthless(box: Container, run: Run) -> None:
    made = register(box)
    answer = run("keys", "rotate", made.company.company_id)
    fresh = answer.output.strip()
    assert box.company_by_api_key(fresh) == made.company
    assert box.company_by_api_key(made.api_key) is None


@pytest.mark.parametrize(
    "arguments",
    [("companies", "show"), ("companies", "retry-activation"), ("companies", "link"), ("keys", "rotate")],
)
def test_an_unknown_company_is_one_line_and_exit_code_one(run: Run, arguments: tuple[str, str]) -> None:
    answer = run(*arguments, 999_999)
    assert answer.exit_code == 1
    assert answer.output == "Error: No such company, or it is another salon's.\n"


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5"])
def test_a_number_that_is_none_is_refused_before_anything_is_asked(run: Run, number: str) -> None:
    assert run("companies", "show", "--", number).exit_code == 2
