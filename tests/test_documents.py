"""What the documents say of the code is so: each path, each test and, in the checklists, each name is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("aiadmin", "bench", "docs", "jobs", "migrations", "templates", "tests")
DOCUMENTS = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
_SPAN = re.compile(r"`([^`\n]+)`")
_TEST = re.compile(r"([\w/]*test_\w+\.py)?(?:::)?(test_\w+)?")
_PATH = re.compile(r"[\w-][\w.-]*(?:/[\w.-]+)+/?")
_SOURCE = re.compile(r"\.(?:py|js|html|css|yml|sql|lua)$")
_TO_BE_MADE = {"migrations/versions/NNNN_what.py"}


@cache
def _files() -> frozenset[str]:
    """Every file of the project, from its root; those that git keeps are among them."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    top = [path for path in ROOT.iterdir() if path.is_file()]
    return frozenset(str(path.relative_to(ROOT)) for path in (*found, *top))


def _spans(document: str) -> Iterator[str]:
    for found in _SPAN.finditer((ROOT / document).read_text()):
        yield found[1]


def _is_there(path: str) -> bool:
    """A path is given from the root, or from `aiadmin/`; that of a test may leave out where its folder is."""
    given = path.rstrip("/")
    if given.rpartition("/")[2].startswith("test_"):
        return any(f"/{file}".endswith(f"/{given}") for file in _files())
    return bool(_files() & {given, f"aiadmin/{given}", f"{given}.py", f"aiadmin/{given}.py"})


@cache
def _tests() -> dict[str, list[str]]:
    """The files of each test, by its name."""
    found: dict[str, list[str]] = {}
    for file in _files():
        if re.search(r"(?:^|/)test_\w+\.py$", file):
            for name in re.findall(r"^def (test_\w+)", (ROOT / file).read_text(), re.MULTILINE):
                found.setdefault(name, []).append(f"/{file}")
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_is_there(document: str) -> None:
    tops = {path.name for folder in (ROOT, ROOT / "aiadmin") for path in folder.iterdir() if path.is_dir()}
    given = {span for span in _spans(document) if _PATH.fullmatch(span)} - _TO_BE_MADE
    ours = {path for path in given if path.split("/")[0] in tops or _SOURCE.search(path)}
    assert [path for path in sorted(ours) if not _is_there(path)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_is_there(document: str) -> None:
    """`::test_b` means the file that was named last."""
    file, missing = "", []
    for span in _spans(document):
        if (found := _TEST.fullmatch(span)) is None or not any(found.groups()):
            continue
        file = (found[1] or file) if found[1] or span.startswith("::") else ""
        if found[2] is None:
            is_so = _is_there(file)
        else:
            is_so = any(path.endswith(f"/{file}" if file else "") for path in _tests().get(found[2], ()))
        if not is_so:
            missing.append(span)
    assert missing == []


def test_a_test_file_of_the_checklists_is_one_file() -> None:
    """A name that several folders have says which, or a newcomer runs the wrong one and sees it pass."""
    files = {found[1] for span in _spans("docs/patterns.md") if (found := _TEST.fullmatch(span)) and found[1]}
    assert files
    assert {one for one in files if sum(f"/{file}".endswith(f"/{one}") for file in _files()) > 1} == set()


def test_the_checklists_name_what_there_is() -> None:
    sources = "\n".join(
        (ROOT / file).read_text() for file in _files() if re.search(r"\.(?:py|js|html)$", file) and file != _ITSELF
    )
    words = set(re.findall(r"\w+", sources))
    names = {
        span.removesuffix("(...)").rpartition(".")[2]
        for span in _spans("docs/patterns.md")
        if re.fullmatch(r"[A-Za-z_][\w.]*(?:\(\.\.\.\))?", span) and not _SOURCE.search(span)
    }
    assert len(names) > 50
    assert sorted(names - words - {"X"}) == []


_ITSELF = str(Path(__file__).relative_to(ROOT))


def test_each_word_of_the_glossary_stands_once_in_order_with_the_module_that_it_means() -> None:
    entries = re.findall(r"^- \*\*(.+?)\*\*: (.+(?:\n  .+)*)", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
    terms = [re.sub(r"[()]", "", term).casefold() for term, _ in entries]
    assert terms == sorted(set(terms)) != []
    for term, meaning in entries:
        modules = re.findall(r"`([\w/<>]+)`", meaning.rpartition(". ")[2])
        assert modules or meaning.startswith("see "), f"{term}: no module"
        assert [one for one in modules if "<" not in one and not _is_there(one)] == [], term


def test_the_checklists_name_each_file_whose_sql_spells_out_kinds_of_notices() -> None:
    """Nothing else finds them: SQL that does not know a kind passes it by."""
    step = (ROOT / "docs/patterns.md").read_text().partition("Kinds that are spelt out")[2].partition("\n11. ")[0]
    spelt = {file for file in _files() if file.startswith("aiadmin/storage/") and file.endswith(".py")}
    spelt = {file for file in spelt if _SPELLS_KINDS.search((ROOT / file).read_text())}
    assert set(re.findall(r"`(aiadmin/storage/[\w/]+\.py)`", step)) == spelt != set()


_SPELLS_KINDS = re.compile(r"\bkind (?:=|<>|(?:NOT )?IN \()\s*'(?:booked|moved|cancelled|reminder_\w+|review)'")


@pytest.mark.parametrize("layer", ["domain", "services", "storage", "web"])
def test_the_table_of_features_says_which_layers_each_has(layer: str) -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    table = dict(re.findall(r"^\| `(\w+)` \| .+? \| (.+?) \|$", text, re.MULTILINE))
    said = {feature for feature, layers in table.items() if layer in re.findall(r"(?<![/`])\b\w+", layers)}
    features = {path.parent.name for path in (ROOT / "aiadmin" / layer).glob("*/__init__.py")}
    assert said == features - {"ports", "tables", "http", "openapi", "ops"}
