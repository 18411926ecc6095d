"""What a process collects before it forks xdist's workers is what they would find by themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

EACH_TWICE = """
import sys
import pytest
from tests.support import collected
*options, first, second = sys.argv[1:]
for folder in (first, first, second, second):
    code = pytest.main([*options, "--rootdir", folder, folder], plugins=[collected.Names()])
    print(int(code), *(name.nodeid for name in collected.NAMES))
"""
PLAIN = ("xdist", "cacheprovider", "schemathesis", "anyio", "valkey")


@pytest.mark.process
def test_a_file_that_cannot_be_imported_fails_for_whoever_tries_again(tmp_path: Path) -> None:
    """pytest's importlib mode finds it among the modules the second time, and no test in it."""
    broken, sound = tmp_path / "broken", tmp_path / "sound"
    for folder in (broken, sound):
        folder.mkdir()
        (folder / "test_a.py").write_text("def test_a(): pass\n")
    (broken / "test_b.py").write_text("import nothing_at_all\n\ndef test_b(): pass\n")
    (sound / "test_c.py").write_text("def test_c(): pass\n")
    options = ["--collect-only", "-qqq", "--import-mode=importlib", "--noconftest", "-c", "/dev/null"]
    options += [word for plugin in PLAIN for word in ("-p", f"no:{plugin}")]
    command = [sys.executable, "-c", EACH_TWICE, *options, str(broken), str(sound)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    said = [line for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert said == ["2", "2", *["0 test_a.py::test_a test_c.py::test_c"] * 2], done.stdout + done.stderr
