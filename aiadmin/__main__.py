"""`python -m aiadmin`."""

# ruff: noqa: E402 - what is loaded stays: nothing of it need be collected
import atexit
import gc

gc.disable()  # until the command is loaded: see `aiadmin.cli.cli`
atexit.register(gc.freeze)  # or Python looks through all that is loaded at its end: a third of a short command's time

from aiadmin.cli import cli
from aiadmin.logs import configure_command

configure_command()
cli(prog_name="python -m aiadmin")
