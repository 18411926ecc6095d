"""`companies` and `keys`, as an operator types them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from rq import Queue

from aiadmin.cli import cli
from aiadmin.container import Container
from aiadmin.domain.companies.company import IntegrationStatus
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
    assert heading.split() == ["ID", "SALON", "STATUS", "WHATSAPP", "STATES", "REGISTERED", "TITLE"]
    assert [line.split()[:3] for line in lines] == [
        [str(first.company.company_id), "962302", "pending"],
        [str(second.company_id), "5", "activating"],
    ]
    assert second.company.whatsapp_phone not in answer.output


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
    [("companies", "show"), ("companies", "retry-activation"), ("keys", "rotate")],
)
def test_an_unknown_company_is_one_line_and_exit_code_one(run: Run, arguments: tuple[str, str]) -> None:
    answer = run(*arguments, 999_999)
    assert answer.exit_code == 1
    assert answer.output == "Error: No such company, or it is another salon's.\n"


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5"])
def test_a_number_that_is_none_is_refused_before_anything_is_asked(run: Run, number: str) -> None:
    assert run("companies", "show", "--", number).exit_code == 2
