"""The processes that serve: the application server and the worker, started and stopped together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from qingshou.kernel.errors import Conflict


class PortTaken(Conflict):
    """Another program listens where we should."""

    code = "PORT_TAKEN"


def free_port(wanted: int, *, strict: bool) -> int:
    """Return the wanted port, or the next free one above it; with `strict` stop when it is taken."""
    for port in range(wanted, wanted + (1 if strict else 50)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise PortTaken(
        f"Port {wanted} is taken: stop the program that uses it, or choose another with --port.", port=wanted
    )


def server_command(port: int, *, host: str = "127.0.0.1", workers: int = 2) -> list[str]:
    """Return how the application server is started."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
        "--respawn-failed-workers", "qingshou.config.wsgi:application",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """Return how the worker is started."""
    return [sys.executable, "-m", "qingshou.interfaces.cli", "worker"]


def answers(port: int) -> bool:
    """Say whether something answers on this port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run_together(
    commands: Sequence[Sequence[str]], *, log: Path, is_ready: Callable[[], bool], when_ready: Callable[[], None]
) -> int:
    """Run the processes until Ctrl-C, SIGTERM or the end of one; then stop them all, gently first.

    Takes   is_ready    asked until it is true, then `when_ready` is called once
    Gives   0 after Ctrl-C or SIGTERM; otherwise the exit code of the process that ended by itself
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        # a session of their own: Ctrl-C reaches us alone, and we stop them in order
        processes = [
            subprocess.Popen(list(command), stdout=out, stderr=out, start_new_session=True, env=os.environ)
            for command in commands
        ]
        stopping = False

        def _stop(*_: object) -> None:
            nonlocal stopping
            stopping = True

        signal.signal(signal.SIGINT, _stop)
        signal.signal(signal.SIGTERM, _stop)
        told = False
        try:
            while not stopping:
                if not told and is_ready():
                    told = True
                    when_ready()
                ended = next((process for process in processes if process.poll() is not None), None)
                if ended is not None:
                    return ended.returncode or 1
                time.sleep(0.2)
            return 0
        finally:
            _stop_all(processes)


def _stop_all(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
