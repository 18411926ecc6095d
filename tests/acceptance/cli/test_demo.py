"""`python -m aiadmin demo`, and `demo scan` that plays the phone."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psutil
import psycopg2
import pytest
import requests
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext

from aiadmin.cli.demo import demo
from aiadmin.cli.home import parse_env
from aiadmin.cli.salon_links import DEMO_SALON
from tests.acceptance.cli.running import STOP_SECONDS, Up, alive, start
from tests.conftest import ROOT, WaitUntil
from tests.support.commands import run_command

PHONE = "79001234567"


def _cli(up: Up, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One more command, in the terminal beside."""
    return subprocess.run(
        [sys.executable, "-m", "aiadmin", *arguments],
        env=up.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _events(settings: dict[str, str]) -> list[tuple[str, str, str]]:
    """What the product has made of the salon's journal: kind, client and source."""
    with closing(psycopg2.connect(settings["DATABASE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT kind, after ->> 'client_name', source FROM booking_events WHERE company_id = 1")
        return cursor.fetchall()


def _book(settings: dict[str, str], name: str) -> None:
    """As the form on the journal's page does it, the day after tomorrow."""
    booked = {"salon_id": DEMO_SALON, "datetime": f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d} 14:00:00"}
    booked |= {"client": {"name": name, "phone": "79005550000"}}
    url = f"{settings['YCLIENTS_MARKETPLACE_URL']}/_fake/journal/record"
    requests.post(url, json=booked, timeout=30).raise_for_status()


def _manage_page(journal: str, context: BrowserContext) -> str:
    """What somebody reads who presses the button on the journal's page, twice: it leads there every time."""
    page = context.new_page()
    page.goto(journal)
    for _ in range(2):
        with context.expect_page() as opened:
            page.get_by_role("link", name="Открыть приложение").click()
        manage = opened.value
        manage.wait_for_url("**/marketplace/manage?*")
    manage.get_by_text("На связи").first.wait_for()
    return str(manage.inner_text("body"))


def _journal(up: Up) -> str:
    """The address of the journal's page, as the banner has it."""
    return re.search(r"client: make client.*\n *(http://\S+/)$", up.banner, re.MULTILINE)[1]  # type: ignore[index]


def _walk_to_a_linked_phone(up: Up, context: BrowserContext, *phone: str) -> str:
    """What whoever tries it does; the last link is replaced from the journal before the scan. What the scan said."""
    assert "company=1&" in up.link()
    assert requests.get(up.link(), timeout=10).ok
    assert requests.get(up.manage_link(), timeout=10).ok
    page = context.new_page()
    page.goto(up.link())  # the demo has opened the address of YClients itself: this browser is let in by its link
    entered = page.goto(f"{_journal(up)}_fake/enter/{DEMO_SALON}", referer=_journal(up))
    assert entered is not None
    page.close()
    assert re.search(r"/marketplace/(connect|manage)\?", entered.url), "it may be active by now"
    assert requests.get(up.link(), timeout=10).status_code == 401, "there is a newer link"
    settings = parse_env((up.data / "running.env").read_text())
    scanned = run_command("demo", "--data", str(up.data), "scan", *phone, **up.env | settings)
    assert scanned.exit_code == 0, scanned.stderr
    assert context.request.get(entered.url).ok, "the page that is open stays so"
    assert requests.get(scanned.stdout.splitlines()[-1], timeout=10).ok
    return scanned.stdout


def _ask(up: Up, settings: dict[str, str], *words: str) -> str:
    """What a command says, in the terminal beside."""
    return run_command(*words, **up.env | settings).stdout


def _kill_and_see_that_nothing_is_left(up: Up, wait_until: WaitUntil) -> None:
    """kill -9 takes with it all that it has started."""
    below = psutil.Process(up.process.pid).children(recursive=True)
    assert len(below) > 5
    up.process.kill()
    wait_until(lambda: not alive(below), timeout=15, what="all are gone")
    up.end()


def _book_and_talk(up: Up, settings: dict[str, str], wait_until: WaitUntil) -> None:
    """A booking is written to its client, who wants no more of it."""
    _book(settings, "Нина")
    wait_until(lambda: _events(settings), timeout=60, what="the booking is heard of")
    assert _events(settings) == [("created", "Нина", "webhook")], "what was there before is no news"
    client = ("demo", "--data", str(up.data), "client", "+7 (900) 555-00-00")
    wait_until(lambda: "Вы записаны" in _ask(up, settings, *client), timeout=90, what="the client is written to")
    assert "> СТОП" in _cli(up, *client, "--say", "СТОП").stdout
    wait_until(lambda: "Больше не будем" in _ask(up, settings, *client), timeout=60, what="the stop is answered")


def _say_too_early(up: Up, settings: dict[str, str]) -> None:
    """Nobody's phone is linked yet that a client could write to."""
    client = ("demo", "--data", str(up.data), "client", "79001112244")
    early = run_command(*client, "--say", "Здравствуйте", **up.env | settings)
    assert (early.exit_code, "make scan" in early.stderr) == (1, True)


def _ask_doctor(up: Up, settings: dict[str, str]) -> None:
    """Whoever asks the doctor hears that all is well."""
    doctor = run_command("doctor", "--online", **up.env | settings)
    assert doctor.exit_code == 0, doctor.stdout


def _commands(page: str) -> list[tuple[str, str]]:
    """Whom a page plays and what they say."""
    return re.findall(r"^make client PHONE=(\d+) SAY='?([^'\n#]+)'?$", (ROOT / page).read_text(), re.MULTILINE)


def _book_by_chat(up: Up, settings: dict[str, str], wait_until: WaitUntil) -> None:
    """As README says it, word for word; the first of its commands is the banner's, too."""
    commands = _commands("README.md")
    assert commands == _commands("docs/README.ru.md")
    assert f"make client PHONE={commands[0][0]} SAY='{commands[0][1]}'" in up.banner
    for (phone, words), answer in zip(commands, ("16:00", "Записать вас?", "Вы записаны"), strict=True):
        client = ("demo", "--data", str(up.data), "client", phone)
        said = _ask(up, settings, *client, "--say", words)
        assert f"> {words}\n" in said
        wait_until(
            lambda client=client, answer=answer: answer in _ask(up, settings, *client).rpartition("> ")[2],  # type: ignore[misc]
            timeout=60,
            what=answer,
        )
    url = f"{settings['YCLIENTS_MARKETPLACE_URL']}/_fake/salon/{DEMO_SALON}"
    records = requests.get(url, timeout=10).json()["records"]
    [booked] = [one for one in records if one["client"] and one["client"]["phone"] == phone]
    assert (booked["client"]["name"], booked["date"][-8:]) == ("Ольга", "16:00:00")


def test_a_salon_is_connected_and_activated_without_a_phone_or_the_internet_and_again_in_a_second_demo(
    data: Path, started: list[Up], free_port: int, wait_until: WaitUntil, browser: Browser
) -> None:
    """The WhatsApp of a second demo on the same data has forgotten the first one's device: the phone links anew."""
    up = Up(data, free_port, "demo", forks=True, LOG_LEVEL="INFO")
    started.append(up)
    start(up, wait_until)
    assert "Журнал салона" in requests.get(_journal(up), timeout=10).content.decode()
    settings = parse_env((data / "running.env").read_text())
    _say_too_early(up, settings)
    context = browser.new_context()
    assert PHONE in _walk_to_a_linked_phone(up, context), "the number that it takes by itself"
    ask = partial(_ask, up, settings)

    def connected() -> bool:
        shown = ask("companies", "show", "1")
        return "status               active" in shown and "whatsapp connected   True" in shown

    def is_read() -> bool:
        """Up to the first look for changes: the next is in ten minutes, so that only a webhook can be quicker."""
        shown = ask("sync", "show", "1")
        return "webhooks: ours" in shown and re.search(r"^changes +done", shown, re.MULTILINE) is not None

    wait_until(connected, timeout=60, what="active, with a phone")
    wait_until(lambda: "state=online" in up.text, timeout=30, what="the phone is there")
    assert "на связи" in _manage_page(_journal(up), context)
    again = run_command("demo", "--data", str(data), "scan", **up.env | settings)
    assert again.exit_code == 1
    assert "a phone is linked already" in again.stderr, "the link that it asks with is a new one, and works"
    wait_until(is_read, timeout=60, what="the journal is read")
    _book_and_talk(up, settings, wait_until)
    _book_by_chat(up, settings, wait_until)
    _ask_doctor(up, settings)
    assert PHONE not in up.text
    context.close()
    assert up.end(signal.SIGTERM) < STOP_SECONDS

    second = Up(data, free_port, "demo", forks=True, LOG_LEVEL="INFO")
    started.append(second)
    _link_anew(second, browser, wait_until)
    _kill_and_see_that_nothing_is_left(second, wait_until)


def _link_anew(up: Up, browser: Browser, wait_until: WaitUntil) -> None:
    start(up, wait_until)
    wait_until(lambda: "state=logged_out" in up.text, timeout=30, what="WhatsApp has forgotten the device")
    with browser.new_context() as another:
        _walk_to_a_linked_phone(up, another, "--phone", PHONE)
    wait_until(lambda: "state=online" in up.text, timeout=30, what="the phone is there")


def test_the_phone_says_so_when_no_demo_runs(data: Path) -> None:
    answer = run_command("demo", "--data", str(data), "scan")
    assert answer.exit_code == 1
    assert "make demo" in answer.stderr


@pytest.mark.parametrize(("command", "phone"), [("client", "abc"), ("client", "8"), ("scan", "--phone=завтра")])
def test_what_is_no_phone_is_named(data: Path, command: str, phone: str) -> None:
    answer = CliRunner().invoke(demo, ["--data", str(data), command, phone])
    assert answer.exit_code == 2
    assert "79001112233" in answer.output
    assert isinstance(answer.exception, SystemExit)
