"""`python -m tests.fakes.yclients serve` runs the server until SIGTERM."""

import argparse
import asyncio
import json
import signal
import time
from pathlib import Path

from aiohttp import web

from tests.fakes.yclients.salon.filling import fill
from tests.fakes.yclients.server import make_app, make_world
from tests.fakes.yclients.settings import Settings

_RUNS_APART = 100_000_000


def main() -> None:
    """Parse the command line and obey."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.yclients")
    serving = parser.add_subparsers(required=True).add_parser("serve", help="run the server until SIGTERM")
    serving.add_argument("--port", type=int, default=0, help="0 takes a free one")
    serving.add_argument("--ready-file", type=Path, help="gets the ready line, too")
    serving.add_argument("--app-id", type=int, default=1)
    serving.add_argument("--partner-token", default="demo-partner-token")
    serving.add_argument("--user-token", default="demo-user-token", help="of the app's system user")
    serving.add_argument("--everybody-consents", action="store_true", help="no salon needs `/_fake/connect` first")
    serving.add_argument("--salon", type=int, help="fill this salon's journal, to look at on the page")
    serving.add_argument("--bot", help="the app's address: where Connect leads, and who hears of uninstallation")
    arguments = parser.parse_args()
    settings = Settings(everybody_consents=arguments.everybody_consents)
    if arguments.bot is not None:
        settings.install_url = f"{arguments.bot}/marketplace/install"
        settings.callback_url = f"{arguments.bot}/marketplace/lifecycle"
    world = make_world(arguments.app_id, arguments.partner_token, arguments.user_token, settings)
    if arguments.salon is not None:
        fill(world.salon(arguments.salon))
        for kind in ("record", "client", "visit"):
            # an app that knew the last run's would take what is new for what it knows
            world.numbers.skip(kind, ahead=int(time.time()) % _RUNS_APART)
    asyncio.run(_serve(make_app(world), arguments.port, arguments.ready_file))


async def _serve(app: web.Application, port: int, ready_file: Path | None) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    ready = json.dumps({"port": runner.addresses[0][1]})
    print(ready, flush=True)
    if ready_file is not None:
        temporary = ready_file.with_suffix(".part")
        temporary.write_text(ready)
        temporary.rename(ready_file)
    await stopping.wait()
    await runner.cleanup()


if __name__ == "__main__":
    main()
