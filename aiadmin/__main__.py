"""`python -m aiadmin`."""

from aiadmin.cli import cli

cli(prog_name="python -m aiadmin")
