"""A pairing coordinator in a process of its own, until its input ends."""

from __future__ import annotations

import os

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.pairing.coordinator import Coordinator

if __name__ == "__main__":
    Coordinator(Container(Config.from_env(os.environ))).start()
    input()
