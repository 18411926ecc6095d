"""Loads neonize's Go library and its messages, and nothing else of the package.

The package's own entry (`import neonize`) also brings Pillow, libmagic and a client that we do not use: 1.0 s and
46 MB private per process instead of 0.2 s and 20 MB. It also downloads the Go library from GitHub when the file does
not fit. We register empty parent packages: only the binding and the messages are imported, and nothing is downloaded.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, NoReturn

ENVIRONMENT: Mapping[str, str] = MappingProxyType({"NEONIZE_BOT_TAG": "off"})
"""What Go must find in the real environment: it copies that when it is loaded and never sees `os.environ[...] = ...`.

The bot tag would mark every message of a salon as written by a bot.
"""


class LibraryError(RuntimeError):
    """neonize cannot be used in this process."""


@dataclass(frozen=True, kw_only=True)
class Library:
    """The Go functions (ctypes), the messages they speak, and the types of their callbacks."""

    go: Any
    messages: Any
    device_props: Any
    text_callback: Any
    event_callback: Any
    log_callback: Any


def ensure_environment() -> None:
    """Replace this process by itself with `ENVIRONMENT` set, unless it is: call it before anything else."""
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **ENVIRONMENT})  # noqa: S606 - our own command line again


@cache
def load() -> Library:
    """Load the library once; from then on this process cannot fork (the Go runtime does not survive it).

    Raises:
        LibraryError: neonize is missing or does not fit this platform, the environment is not set, or gevent patched
            this process (a call into Go would freeze its loop).
    """
    _check_process()
    directory = _register_empty_parents()
    try:
        binding = importlib.import_module("neonize._binder")
    except (OSError, RuntimeError) as error:
        raise LibraryError(f"the library in {directory} cannot be loaded: {error}") from error
    _forbid_fork()
    return Library(
        go=binding.gocode,
        messages=importlib.import_module("neonize.proto.Neonize_pb2"),
        device_props=importlib.import_module("waCompanionReg.WAWebProtobufsCompanionReg_pb2").DeviceProps,
        text_callback=binding.func_string,
        event_callback=binding.func_callback_bytes,
        log_callback=binding.func_callback_bytes2,
    )


def _check_process() -> None:
    monkey = sys.modules.get("gevent.monkey")
    if monkey is not None and monkey.is_module_patched("threading"):
        raise LibraryError("this process is patched by gevent")
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        raise LibraryError(f"start this process with {' '.join('='.join(item) for item in ENVIRONMENT.items())}")


def _register_empty_parents() -> Path:
    spec = find_spec("neonize")
    if spec is None or spec.origin is None:
        raise LibraryError("neonize is not installed")
    directory = Path(spec.origin).parent
    _register("neonize", __path__=[str(directory)])
    _register("neonize.utils", __path__=[str(directory / "utils")])
    _register("neonize.download", __GONEONIZE_VERSION__=version("neonize"), download=_refuse_download)
    return directory


def _register(name: str, **attributes: object) -> None:
    module = ModuleType(name)
    module.__dict__.update(attributes)
    sys.modules[name] = module


def _refuse_download() -> NoReturn:
    raise LibraryError("no Go library for this platform in the installed package")


def _forbid_fork() -> None:
    """A forked child would look alive and never connect, so `os.fork` fails here; `subprocess` does not need it."""
    os.fork = os.forkpty = _refuse_fork


def _refuse_fork() -> NoReturn:
    raise LibraryError("a process that has loaded neonize must not fork")
