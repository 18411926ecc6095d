"""`python -m aiadmin`."""

from aiadmin.cli import cli
from aiadmin.logs import configure_command

configure_command()
cli(prog_name="python -m aiadmin")
