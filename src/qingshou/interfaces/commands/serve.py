"""`qingshou up`, `demo`, `worker` and `migrate`: bring the installation up, and keep it up until Ctrl-C."""

from typing import Annotated

import typer
from rich.console import Console

Port = Annotated[int, typer.Option(help="Where to listen on loopback; the next free one when taken.")]


def migrate() -> None:
    """Create the database where it is missing and bring its tables up to date, as their owner."""
    from qingshou.config.start import migrate as bring_up_to_date

    bring_up_to_date()
    Console(stderr=True).print("The database is up to date.")


def worker() -> None:
    """Do the jobs: imports, day runs, messages and the nightly checks, until stopped."""
    from qingshou.config.start import setup

    setup()
    from qingshou.interfaces.worker import work

    work()


def up(
    port: Port = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(help="Processes of the application server.")] = 2,
) -> None:
    """Migrate, build what pages need, and serve pages, API and worker until Ctrl-C."""
    _bring_up()
    _serve(port, host=host, workers=workers, after=())


def demo(
    port: Port = 8000,
    serve: Annotated[bool, typer.Option(help="Serve the pages afterwards.")] = True,
) -> None:
    """Bring up the real book of data/taiwan over its six month-ends and serve it; a second time starts in seconds."""
    from qingshou.config import settings
    from qingshou.config.environment import Mode
    from qingshou.kernel.errors import Misconfigured

    if settings.MODE is Mode.PRODUCTION:
        raise Misconfigured("The demo does not run on production settings: set QINGSHOU_MODE=demo.")
    _bring_up()
    from qingshou.interfaces.demo import prepare, sign_ins, summary

    tenant_id = prepare(Console(stderr=True))
    summary(tenant_id, Console())
    if serve:
        _serve(port, host="127.0.0.1", workers=2, after=sign_ins())


def _bring_up() -> None:
    """Migrate and build: each quick when there is nothing to do."""
    from qingshou.config import settings
    from qingshou.config.start import migrate as bring_up_to_date
    from qingshou.config.start import setup
    from qingshou.interfaces.web import assets, catalogues

    console = Console(stderr=True)
    if not settings.ENVIRONMENT.database_url:
        # held by this process until it ends, so that the server outlives the processes that migrate
        from qingshou.config.embedded import ensure_running

        ensure_running(settings.ENVIRONMENT.home, settings.DATABASE_PASSWORDS)
    with console.status("building the page assets ..."):
        assets.build()
        catalogues.compile()
    with console.status("migrating the database ..."):
        bring_up_to_date()
        setup()
    with console.status("collecting the assets ..."):
        _collect_assets()


def _collect_assets() -> None:
    """Compress and name the assets for serving; nothing to do where the same ones were collected before."""
    from django.conf import settings
    from django.core.management import call_command

    from qingshou.interfaces.web import assets

    built = (assets.BUILT / "inputs.sha256").read_text()
    stamp = settings.STATIC_ROOT / "inputs.sha256"
    if not stamp.exists() or stamp.read_text() != built:
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(built)


def _serve(port: int, *, host: str, workers: int, after: tuple[str, ...]) -> None:
    from django.db import connections

    from qingshou.config import settings
    from qingshou.interfaces.serving import answers, free_port, run_together, server_command, worker_command

    chosen = free_port(port, strict=False)
    connections.close_all()
    console = Console()
    log = settings.QINGSHOU_HOME / "log" / "serve.log"

    def tell() -> None:
        console.print(f"\nServing on http://{host}:{chosen}/", highlight=False)
        for line in after:
            console.print(line, highlight=False, markup=False, soft_wrap=True)
        console.print(f"Messages go to {log}. Ctrl-C stops everything.", highlight=False, soft_wrap=True)

    code = run_together(
        [server_command(chosen, host=host, workers=workers), worker_command()],
        log=log,
        is_ready=lambda: answers(chosen),
        when_ready=tell,
    )
    if code:
        console.print(f"A process ended by itself (code {code}): see {log}", style="red")
        raise typer.Exit(code)
    console.print("Stopped.")
