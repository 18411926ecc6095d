"""Every statement of the specification is played by a test, or stands with its reason in docs/specification.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from aiadmin.config import Config

ROOT = Path(__file__).resolve().parent.parent
STATEMENTS = set(range(1, 121))
PLAYED_IN = (
    "tests/integration/test_specification.py",
    "tests/integration/pairing/test_specification.py",
)
"""Their tests carry the numbers that they play in their names."""
ELSEWHERE: Mapping[str, tuple[int, ...]] = {
    # salons are registered from YClients
    "test_an_owner_who_pressed_connect_gets_a_company_and_yclients_is_told_at_once": (2,),
    # QR in the page, live, synchronised, many tenants; process 5: status, callback, sync
    "test_a_salon_connects_from_registration_to_active": (3, 96),
    # version 1.0.0
    "test_one_version_is_told_everywhere": (4,),
    # YCLIENTS_API_KEY is required
    "test_production_refuses_to_start_without_a_secret_and_names_it": (8,),
    # JWT_SECRET of 32 characters; openssl rand -base64 32; JWT_SECRET error
    "test_a_value_of_the_wrong_shape_is_named": (9, 74, 109),
    # REDIS_URL is read
    "test_a_server_that_does_not_answer_ends_it_within_seconds_in_one_line": (11,),
    # PORT=3000
    "test_development_needs_only_servers_and_a_secret": (13,),
    # clone, install, .env.example
    "test_env_example_shows_the_defaults": (14,),
    # migrate, run
    "test_migrate_can_be_repeated": (15,),
    # base URLs
    "test_production_wants_https_and_a_long_admin_key": (16,),
    # auth.token
    "test_whatever_auth_is_nobody_comes_in_without_a_token": (45,),
    # Authorization: Bearer on polling
    "test_the_token_may_come_in_the_header_of_polling": (46,),
    # query.companyId
    "test_an_empty_company_id_is_none_at_all": (47,),
    # the contract is written down
    "test_every_event_is_in_the_contract": (56,),
    # a refusal is visible
    "test_a_damaged_link_is_refused": (57,),
    # five connections a minute; over the limit: error and disconnect
    "test_the_sixth_socket_of_a_minute_is_refused_and_prolongs_nothing": (58, 59),
    # the limiter is cleaned
    "test_a_share_comes_back_when_its_window_has_passed_and_leaves_nothing_behind": (60,),
    # tokens are not in logs
    "test_nothing_secret_is_in_the_logs": (63,),
    # origins of sockets in production
    "test_only_our_own_pages_and_yclients_may_connect": (71,),
    # sessions are cleaned up
    "test_an_attempt_that_nobody_watches_leaves_nothing_behind": (72,),
    # the nginx block with X-Real-IP
    "test_x_real_ip_counts_where_the_proxy_is_said_to_set_it_and_nowhere_else": (75,),
    # process 1: registration
    "test_a_salon_gets_what_the_specification_promises_and_nothing_more": (92,),
    # process 3: codes over the socket; process 4: the scan
    "test_a_page_sees_its_code_scanned_and_its_phone_connected": (94, 95),
    # metric: sockets; metric: limits; metric: codes
    "test_the_five_series_are_there": (98, 99, 100),
    # metric: connections, latency
    "test_answers_are_timed_by_route_never_by_address": (101,),
    # log: a company is registered
    "test_a_registration_is_logged_with_both_numbers": (102,),
    # log: a limit is exceeded
    "test_refusals_are_warnings_with_as_much_of_the_address_as_is_wanted": (103,),
    # nginx upgrades websockets
    "test_nginx_passes_websockets_on": (107,),
    # checklist
    "test_the_production_checklist_has_its_answers": (115,),
    # backups
    "test_a_linked_phone_survives_and_every_row_is_the_same": (116,),
    # security tests
    "test_no_secret_has_a_default": (117,),
    # MIT licence
    "test_the_licence_is_mit": (120,),
}
"""Tests of other subjects, and the statements that each plays."""


def functions_of(path: Path) -> dict[str, ast.FunctionDef]:
    """The tests of a file by their names."""
    found = (node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))
    return {function.name: function for function in found if function.name.startswith("test_")}


def numbers_of(name: str) -> Iterator[int]:
    """The statements that a test plays by its name: `test_18_19_the_...`, and `test_76_to_87_...` for all between."""
    found = re.match(r"test_((?:\d+_|to_)+)", name)
    words = found[1].strip("_").split("_") if found else []
    for index, word in enumerate(words):
        if word == "to":
            yield from range(int(words[index - 1]), int(words[index + 1]) + 1)
        else:
            yield int(word)


def played() -> set[int]:
    """Every number that some test plays."""
    here = {number for path in PLAYED_IN for name in functions_of(ROOT / path) for number in numbers_of(name)}
    return here.union(*ELSEWHERE.values())


def listed() -> dict[int, list[str]]:
    """The rows of the list: number to its three cells."""
    text = (ROOT / "docs" / "specification.md").read_text()
    rows = re.findall(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    return {int(number): cells for number, *cells in rows}


def test_every_statement_is_played_or_listed_with_its_reason() -> None:
    assert STATEMENTS - played() - set(listed()) == set()
    assert set(listed()) <= STATEMENTS
    assert all(len(cell.strip()) > 2 for cells in listed().values() for cell in cells)


def test_what_differs_is_listed() -> None:
    """By number: whoever changes one of these back takes it off the list, and whoever adds one says why."""
    assert set(listed()) == {
        1, 5, 6, 7, 10, 12, 20, 23, 24, 28, 30, 31, 33, 36, 38, 40, 48, 51, 55, 64, 68, 85, 89, 90, 97, 104, 105, 106,
        108, 110, 112, 114, 118,
    }  # fmt: skip


def test_the_tests_of_other_subjects_are_there_and_run() -> None:
    """Whoever renames, joins or moves one says so here."""
    files = (ROOT / "tests").rglob("test_*.py")
    every = {name: found for path in files for name, found in functions_of(path).items()}
    assert set(ELSEWHERE) <= set(every)
    marks = [ast.unparse(mark) for name in ELSEWHERE for mark in every[name].decorator_list]
    assert not [mark for mark in marks if "skip" in mark or "xfail" in mark]


def test_readme_leads_to_the_list_and_to_support() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "(docs/specification.md)" in readme
    assert "(docs/websocket.md)" in readme
    config = Config()
    for contact in (config.support_email, f"@{config.support_telegram}", config.support_url):
        assert contact in readme


def test_nginx_passes_websockets_on() -> None:
    block = (ROOT / "docs" / "nginx.conf").read_text()
    for line in ("proxy_http_version 1.1;", "proxy_set_header Upgrade $http_upgrade;", "proxy_set_header Connection"):
        assert line in block


def test_the_production_checklist_has_its_answers() -> None:
    """Settings, HTTPS and nginx, a process manager, backups, monitoring, limits and origins."""
    guide = (ROOT / "docs" / "operations.md").read_text()
    for words in ("production", "nginx.conf", "[Service]", "## Backups", "/metrics", "https://"):
        assert words in guide
    settings = (ROOT / ".env.example").read_text()
    assert "RATE_LIMIT_PER_MINUTE" in settings
    assert "ALLOWED_ORIGINS" in settings


def test_the_licence_is_mit() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
