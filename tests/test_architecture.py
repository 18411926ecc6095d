"""The rules of the house that no single module can see."""

from __future__ import annotations

import ast
import configparser
import importlib
import importlib.util
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory

import aiadmin
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.job import Job, QueueName
from aiadmin.domain.pairing.attempt import FAILURES
from aiadmin.texts import ru
from aiadmin.texts.ru import bot as bot_texts
from aiadmin.texts.ru import manage as texts_manage
from aiadmin.web import create_app
from aiadmin.web.http import errors
from aiadmin.web.http import guards as auth
from aiadmin.web.openapi.document import document
from aiadmin.web.openapi.operation import operation_of
from jobs import process
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def app() -> object:
    """The application as it is built, with nothing to talk to: making one opens nothing."""
    config = Config(
        database_url="postgresql://127.0.0.1:1/none", redis_url="redis://127.0.0.1:1/0", jwt_secret="x" * 32
    )
    return create_app(Container(config))


def test_migrations_are_one_chain_in_the_order_of_their_numbers() -> None:
    """Two that were written at once must not both land under one number."""
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    chain = [script.revision for script in scripts.walk_revisions()]
    assert sorted(chain, reverse=True) == chain
    named = [file.name.partition("_")[0] for file in (ROOT / "migrations" / "versions").glob("*.py")]
    assert sorted(named) == sorted(chain)


def test_imports_point_downward() -> None:
    """The contracts of setup.cfg: layers, a pure domain, one importer of the WhatsApp library."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_only_what_the_pairing_process_loads_logs_without_structlog() -> None:
    """One dialect: that process must be up in a moment, and speaks through its coordinator."""
    theirs = re.compile(r"aiadmin/(?:pairing/process_main|adapters/whatsapp/\w+)\.py")
    sources = [*(ROOT / "aiadmin").rglob("*.py"), *(ROOT / "jobs").glob("*.py")]
    others = [
        file
        for file in (path.relative_to(ROOT).as_posix() for path in sources)
        if "logging.getLogger(__name__)" in (ROOT / file).read_text() and not theirs.fullmatch(file)
    ]
    assert others == []


def test_every_blueprint_names_its_guard(app) -> None:  # type: ignore[no-untyped-def]
    guards = app.extensions["guards"]
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}

    assert {endpoint.split(".")[0] for endpoint in endpoints} == set(guards) == set(app.blueprints)
    public = {name for name, guard in guards.items() if guard is auth.PUBLIC}
    assert public == {"health", "root"}


def test_every_route_is_in_the_openapi_document(app) -> None:  # type: ignore[no-untyped-def]
    undocumented = [name for name, view in app.view_functions.items() if operation_of(view) is None]

    assert undocumented == ["static"]


def test_every_blueprint_has_a_name_for_people_in_the_openapi_document(app) -> None:  # type: ignore[no-untyped-def]
    assert set(ru.API_TAGS) == set(app.blueprints)


def test_every_error_has_its_answer_and_its_sentence() -> None:
    _import_everything()

    unanswered = [kind.__name__ for kind in _family(AiAdminError) if kind not in errors.ANSWERS]
    codes = {answer.code for answer in errors.ANSWERS.values()}

    assert unanswered == []
    assert codes <= set(ru.ERRORS)


SERVES, FORKS = "import wsgi", "from jobs import worker; worker.preload()"


@cache
def _loaded_by(start: str) -> dict[str, Any]:
    """What a process has loaded when it starts to serve or to fork, and what a container and its jobs load then."""
    asked = "None" if start == FORKS else repr(_asked_by_requests())
    return json.loads(_run(f"asked = {asked}\n{start}\n{_TELL_LOADED}"))


def _asked_by_requests() -> list[str]:
    """The names that the edge asks of anything, those of a container's parts among them."""
    texts = [(ROOT / path).read_text() for path in _sources("aiadmin/web", "aiadmin/edge")]
    return sorted({name for text in texts for name in re.findall(r"\.([a-z_]+)\b", text)})


_TELL_LOADED = """
import importlib, json, os, pkgutil, sys
from functools import cached_property
started, resolved = sorted(sys.modules), None
if "jobs" in sys.modules:
    from sqlalchemy import event
    from sqlalchemy.orm import Mapper, configure_mappers
    mapped, codec = [], sys.modules["aiadmin.storage.chat.codec"]
    event.listen(Mapper, "mapper_configured", lambda mapper, _: mapped.append(mapper.class_.__name__))
    configure_mappers()
    resolved = [mapped, codec._converter.cache_info().currsize]
from aiadmin.config import Config
from aiadmin.container import Container, load_bot
from aiadmin.storage.unit_of_work import UnitOfWork
before, box = set(sys.modules), Container(Config.from_env(os.environ))
parts = [name for name, part in vars(Container).items() if isinstance(part, cached_property)]
bots = ["try_out"]
made = [getattr(box, name) for name in parts if asked is None or (name in asked and name not in bots)]
work = UnitOfWork(box.engine)
made += [getattr(work, name) for name, part in vars(UnitOfWork).items() if isinstance(part, cached_property)]
late = sorted(name for name in set(sys.modules) - before if name.startswith("aiadmin"))
pauses = []
load_bot(lambda: pauses.append(len(sys.modules)))
before = set(sys.modules)
made += [getattr(box, name) for name in bots]
late += sorted(name for name in set(sys.modules) - before if name.startswith("aiadmin"))
if "jobs" in sys.modules:
    for module in pkgutil.iter_modules(sys.modules["jobs"].__path__):
        importlib.import_module("jobs." + module.name)
told = {"started": started, "resolved": resolved, "made": len(made), "late": late, "at last": sorted(sys.modules)}
print(json.dumps(told | {"pauses": len(set(pauses))}))
"""


def _libraries(modules: list[str]) -> set[str]:
    return {name.split(".")[0] for name in modules}


def test_importing_wsgi_loads_no_whatsapp_library() -> None:
    assert not _libraries(_loaded_by(SERVES)["started"]) & {"neonize", "magic"}


def test_the_web_process_does_not_load_the_bots_reading() -> None:
    """A fifth of its start, for a try-out now and then; while that loads it, other requests have their turns."""
    started = set(_loaded_by(SERVES)["started"])
    assert not started & {"aiadmin.domain.chat.reading", "aiadmin.domain.chat.vocabulary", "pymorphy3", "rapidfuzz"}
    assert "aiadmin.domain.chat.reading" in _loaded_by(SERVES)["at last"]
    assert _loaded_by(SERVES)["pauses"] > 30


def test_the_worker_of_jobs_loads_no_whatsapp_library() -> None:
    assert {"jobs.worker", "jobs.clock"} <= set(_loaded_by(FORKS)["at last"])
    assert not _libraries(_loaded_by(FORKS)["at last"]) & {"neonize", "gevent"}


@pytest.mark.parametrize("start", [SERVES, FORKS])
def test_who_serves_or_forks_has_loaded_all_that_a_container_needs(start: str) -> None:
    """An import in a request holds up all of them, and one in a forked job is made anew by each job."""
    told = _loaded_by(start)
    assert (told["made"] > 60, told["late"]) == (True, [])
    asked = _asked_by_requests() if start == SERVES else None
    assert _imported_by_parts(asked) - set(told["started"]) == set()


def _imported_by_parts(asked: Collection[str] | None) -> set[str]:
    """What the container's methods import when they are called: those of these names, or all; of the bot nothing."""
    container = ast.parse((ROOT / "aiadmin/container.py").read_text())
    methods = [one for kind in container.body if isinstance(kind, ast.ClassDef) for one in kind.body]
    found = set()
    for method in methods:
        if (
            isinstance(method, ast.FunctionDef)
            and method.name != "try_out"
            and (asked is None or method.name in asked)
        ):
            found |= {node.module for node in ast.walk(method) if isinstance(node, ast.ImportFrom) and node.module}
    return found


def test_who_forks_has_resolved_what_the_first_use_of_rows_would() -> None:
    """A forked job would do so anew, each for itself."""
    assert _loaded_by(FORKS)["resolved"] == [[], 1]


@pytest.mark.parametrize("queue", QueueName)
def test_every_queue_has_a_worker(queue: QueueName) -> None:
    procfile = (ROOT / "Procfile").read_text()
    assert re.search(rf"^\w+: python worker\.py {queue}$", procfile, re.MULTILINE)


def test_every_job_is_a_function_under_its_decorator_and_no_other_function_is() -> None:
    """The decorator compares the rest: the name and the types of the arguments."""
    decorated = {}
    for path in sorted((ROOT / "jobs").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                given = [re.fullmatch(r"job\(Job\.(\w+)\)", ast.unparse(one)) for one in node.decorator_list]
                decorated |= {f"jobs.{path.stem}.{node.name}": found[1] for found in given if found}
    assert decorated == {job.value.function: job.name for job in Job}


def test_a_function_that_is_not_what_its_job_says_is_refused() -> None:
    def deliver(outbox_id: int) -> None: ...

    with pytest.raises(TypeError, match=r"is not what Job\.DELIVER_ACTIVATION says"):
        process.job(Job.DELIVER_ACTIVATION)(deliver)


def test_every_script_for_redis_is_shipped() -> None:
    """A wheel holds what setup.cfg names; a script that is read and not shipped fails on the host alone."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg")
    folder = ROOT / "aiadmin/adapters/redis"
    shipped = settings["options.package_data"]["aiadmin.adapters.redis"].split()
    found = {path for pattern in shipped for path in folder.glob(pattern)}
    assert found == set((ROOT / "aiadmin").rglob("*.lua"))
    assert len(found) > 10


def test_keys_of_redis_and_numbers_of_locks_have_one_place_each() -> None:
    """Two modules that spell the same key, or lock the same number, meet where no test looks."""
    sources = {path: (ROOT / path).read_text() for path in _sources("aiadmin", "jobs", "migrations")}
    keys = [path for path, text in sources.items() if re.search(r"[\"'](?:aiadmin|marketplace):", text)]
    locks = [path for path, text in sources.items() if re.search(r"advisory\w*\(\d", text)]
    assert (keys, locks) == (["aiadmin/adapters/redis/keys.py"], [])


def test_waits_grow_in_one_place() -> None:
    """Retries by hand had four kinds of jitter, and two overflowed by hand-picked exponents."""
    doubling = re.compile(r"\* (?:2|4)(?:\.0)? ?\*\* ?[a-z(]|pause \* 2")
    found = [path for path in _sources("aiadmin", "jobs") if doubling.search((ROOT / path).read_text())]
    assert found == ["aiadmin/domain/hosting/circuit_breaker.py"], "its rate of starts grows, no wait"


def test_a_public_class_name_means_one_thing() -> None:
    """Two classes of one name are read as one; modules of different features are imported into the same file."""
    homes: dict[str, list[str]] = {}
    for path in _sources("aiadmin", "jobs"):
        for name in re.findall(r"^class ([A-Za-z]\w*)", (ROOT / path).read_text(), re.MULTILINE):
            homes.setdefault(name, []).append(path)
    assert len(homes) > 500
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


_SECRET = re.compile(
    r"(?:^|_)(?:api_key|token|secret|password|phone|dsn|database_url|redis_url|callback(?:_url)?)$|^pairing_code$"
)
_MAY_HOLD_ONE = re.compile(
    r"@dataclass.*\n +\w*(?:key|token|secret|password|phone|dsn|url|callback|code)\s*:", re.DOTALL
)
"""To read a file as a tree takes fifty times as long."""


def test_no_dataclass_shows_a_secret_or_a_phone() -> None:
    """Its `repr` ends in a log or an error's text sooner or later."""
    shown, hidden = [], 0
    for path in _sources("aiadmin", "jobs"):
        text = (ROOT / path).read_text()
        for node in ast.walk(ast.parse(text)) if _MAY_HOLD_ONE.search(text) else ():
            decorators = [ast.unparse(one) for one in node.decorator_list] if isinstance(node, ast.ClassDef) else []
            if not any(one.startswith("dataclass") and "repr=False" not in one for one in decorators):
                continue
            for one in ast.iter_child_nodes(node):
                if isinstance(one, ast.AnnAssign) and _is_secret(one):
                    is_hidden = one.value is not None and "repr=False" in ast.unparse(one.value)
                    hidden += is_hidden
                    shown += [] if is_hidden else [f"{path}:{one.lineno} {ast.unparse(one)}"]
    assert shown == []
    assert hidden > 20


def test_the_library_that_breaks_websockets_is_not_installed() -> None:
    """engineio picks gevent-websocket whenever it can be imported, and gunicorn cannot serve it."""
    assert importlib.util.find_spec("geventwebsocket") is None


def test_no_use_case_reads_the_environment() -> None:
    """Settings are one value; whoever needs one is given it."""
    readers = [path for path in _sources("aiadmin/domain", "aiadmin/services", "aiadmin/web") if _reads(path)]

    assert readers == []


def test_scripts_of_pages_say_nothing_by_themselves() -> None:
    """What people read is in the catalogue and the templates; comments and code are in English."""
    scripts = sorted((ROOT / "aiadmin/web/static").rglob("*.js"))
    ours = [path for path in scripts if "vendor" not in path.parts]
    assert len(ours) > 10
    assert [path.name for path in ours if re.search(r"[\u0400-\u04ff]", path.read_text())] == []


def test_the_pages_know_every_failure_of_a_pairing() -> None:
    """Each comes as an `error` beside its `status`: a page that took one for a refusal would stay closed."""
    script = (ROOT / "aiadmin/web/static/connect/failures.js").read_text()
    assert set(re.findall(r"'([a-z-]+)'", script)) == set(FAILURES)


def test_one_version_is_told_everywhere(app) -> None:  # type: ignore[no-untyped-def]
    changes = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(r"^## ([\d.]+)", changes, re.MULTILINE)[1] == aiadmin.__version__  # type: ignore[index]
    assert document(app, app.extensions["aiadmin"].config)["info"]["version"] == aiadmin.__version__
    assert "version = attr: aiadmin.__version__" in (ROOT / "setup.cfg").read_text()


def test_the_management_page_is_handed_the_words_that_its_scripts_use() -> None:
    scripts = {path.name for path in (ROOT / "aiadmin/web/static/manage").glob("*.js")}
    assert _words_of(scripts - {"bot.js"}) == set(texts_manage.PAGE)
    assert _words_of({"bot.js", "api.js"}) == set(bot_texts.WORDS)


def _words_of(scripts: Iterable[str]) -> set[str]:
    texts = ((ROOT / "aiadmin/web/static/manage" / name).read_text() for name in scripts)
    return {name for text in texts for name in re.findall(r"(?<!/)\bstrings\.(\w+)", text)}


def _import_everything() -> None:
    for module in pkgutil.walk_packages(aiadmin.__path__, "aiadmin."):
        if {"adapters", "services", "storage"} & set(module.name.split(".")) and "whatsapp" not in module.name:
            importlib.import_module(module.name)


def _family(kind: type[AiAdminError]) -> list[type[AiAdminError]]:
    return [member for child in kind.__subclasses__() for member in (child, *_family(child))]


def _run(code: str) -> str:
    settings = {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": "postgresql://127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "JWT_SECRET": "x" * 32,
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=settings, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _sources(*folders: str) -> list[str]:
    return [str(path.relative_to(ROOT)) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def _is_secret(member: ast.AnnAssign) -> bool:
    """A string or bytes by its type, and named like one: ports and functions that make secrets hold none."""
    is_text = re.search(r"\b(?:str|bytes)\b", ast.unparse(member.annotation)) is not None
    return is_text and _SECRET.search(ast.unparse(member.target)) is not None


def _is_of_os(node: ast.expr) -> bool:
    """A request has an `environ`, too."""
    return isinstance(node, ast.Name) and node.id == "os"


def _reads(path: str) -> bool:
    text = (ROOT / path).read_text()
    if not re.search(r"\b(?:environ|getenv)\b", text):
        return False
    nodes = list(ast.walk(ast.parse(text)))
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute) and _is_of_os(node.value)}
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    return bool({"environ", "getenv"} & (attributes | imported))
