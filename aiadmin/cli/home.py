"""The folder `.aiadmin/`: data of the embedded servers, generated secrets, and the settings of the running `up`."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

PROJECT = Path(__file__).resolve().parent.parent.parent
_GENERATED = ("JWT_SECRET", "ADMIN_API_KEY", "METRICS_TOKEN")


def parse_env(text: str) -> dict[str, str]:
    """The settings in a file of NAME=value lines; comments, blank lines and empty values are left out.

    >>> parse_env('# port\\nPORT=3000\\nJWT_SECRET="a b"\\nREDIS_URL=')
    {'PORT': '3000', 'JWT_SECRET': 'a b'}
    """
    pairs = (line.partition("=") for line in text.splitlines() if not line.lstrip().startswith("#"))
    values = {name.removeprefix("export ").strip(): _unquote(value.strip()) for name, _, value in pairs}
    return {name: value for name, value in values.items() if name and value}


def _unquote(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if is_quoted else value


@dataclass(frozen=True)
class Home:
    """Where one `up` keeps its things."""

    path: Path

    @classmethod
    def default(cls) -> Home:
        """The project's own, whatever the current folder is."""
        return cls(PROJECT / ".aiadmin")

    @classmethod
    def demo(cls) -> Home:
        """That of `demo`, whose data must not mix with real ones."""
        return cls(PROJECT / ".aiadmin" / "demo")

    @property
    def secrets_file(self) -> Path:
        """Generated once; readable by its owner only."""
        return self.path / "secrets.env"

    @property
    def running_file(self) -> Path:
        """The settings of the running `up`, for the other commands."""
        return self.path / "running.env"

    @property
    def link_file(self) -> Path:
        """The newest connect link of the demo salon; its reader can link a phone."""
        return self.path / "connect-link"

    def secrets(self) -> dict[str, str]:
        """The generated secrets, made on first use."""
        if not self.secrets_file.exists():
            write_settings(self.secrets_file, {name: secrets.token_urlsafe(32) for name in _GENERATED})
        return parse_env(self.secrets_file.read_text())

    def running_settings(self) -> dict[str, str]:
        """What the `up` that runs now uses; nothing when none does."""
        return _read(self.running_file) if self.is_held() else {}

    def is_held(self) -> bool:
        """Whether an `up` runs here now."""
        try:
            with (self.path / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Hold the folder: one `up` at a time.

        Raises:
            click.ClickException: another one holds it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise click.ClickException(f"AI Admin is running already with its data in {self.path}") from None
            try:
                yield
            finally:
                self.running_file.unlink(missing_ok=True)
                self.link_file.unlink(missing_ok=True)


def dotenv() -> dict[str, str]:
    """What the project's `.env` says."""
    return _read(PROJECT / ".env")


def _read(path: Path) -> dict[str, str]:
    with contextlib.suppress(FileNotFoundError):
        return parse_env(path.read_text())
    return {}


def write_settings(path: Path, settings: Mapping[str, str]) -> None:
    """Write NAME=value lines that only the owner can read; a shell can, too (`. .aiadmin/running.env`)."""
    write_private(path, "".join(f"{name}={_quote(value)}\n" for name, value in settings.items()))


def _quote(value: str) -> str:
    return value if "'" in value else shlex.quote(value)


def write_private(path: Path, text: str) -> None:
    """Write a file that only the owner can read; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    partial.replace(path)
