"""``python -m tests.fakes.whatsapp serve`` runs the server, ``... overlay DIR PORT`` builds an overlay."""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from aiohttp import web

from tests.fakes.whatsapp.binary import encode
from tests.fakes.whatsapp.control import Control
from tests.fakes.whatsapp.node import Node
from tests.fakes.whatsapp.overlay import build_overlay
from tests.fakes.whatsapp.server import Server

_HOST = "127.0.0.1"


def main() -> None:
    """Parse the command line and obey."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.whatsapp")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="run the server until SIGTERM")
    serving.add_argument("--port", type=int, default=0, help="for WhatsApp clients; 0 takes a free one")
    serving.add_argument("--control-port", type=int, default=0, help="for the control API; 0 takes a free one")
    serving.add_argument("--everybody", action="store_true", help="every phone number is on WhatsApp")
    serving.add_argument("--ready-file", type=Path, help="gets the ready line, too")
    building = commands.add_parser("overlay", help="build a neonize that talks to the server on PORT")
    building.add_argument("directory", type=Path)
    building.add_argument("port", type=int)
    arguments = parser.parse_args()
    if arguments.command == "overlay":
        print(build_overlay(arguments.directory.absolute(), arguments.port))
    else:
        server = Server(everybody=arguments.everybody)
        asyncio.run(_serve(server, arguments.port, arguments.control_port, arguments.ready_file))


async def _serve(server: Server, port: int, control_port: int, ready_file: Path | None) -> None:
    encode(Node("warm"))  # reads the token tables now rather than in the first client's handshake
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    endpoint = web.Application()
    endpoint.router.add_get("/{path:.*}", server.handle)
    runners = [await _listen(endpoint, port), await _listen(Control(server).app(), control_port)]
    ports = [runner.addresses[0][1] for runner in runners]
    ready = json.dumps({"port": ports[0], "control_port": ports[1]})
    print(ready, flush=True)
    if ready_file is not None:
        temporary = ready_file.with_suffix(".part")
        temporary.write_text(ready)
        temporary.rename(ready_file)
    await stopping.wait()
    server.close()
    for runner in runners:
        await runner.cleanup()


async def _listen(app: web.Application, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, _HOST, port, backlog=1024).start()
    return runner


if __name__ == "__main__":
    main()
