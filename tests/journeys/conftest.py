"""Journeys: a real browser against a real server, on committed rows of a lender made for the session."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import PASSWORD
from tests.journeys.stage import ROOT, lender_with_cases, process_of, serving

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync",
    "--disable-dev-shm-usage",
]  # fmt: skip
SHOTS = Path(tempfile.gettempdir()) / "qingshou-screenshots"
# Playwright keeps an event loop in this thread; Django's own guard would take ours for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def lender(django_db_setup: None, django_db_blocker: "object") -> Iterator["object"]:
    """A lender with a user a role and eight debtors' cases, really committed; one loan is closed by the book."""
    with django_db_blocker.unblock():
        yield lender_with_cases()


@pytest.fixture(scope="session")
def server(django_db_setup: None, database_name: str) -> Iterator[str]:
    """A granian server on loopback over the session's database."""
    from django.core.management import call_command

    from qingshou.interfaces.web import assets, catalogues

    assets.build()
    catalogues.compile()
    call_command("collectstatic", "--noinput", "--verbosity", "0")
    with serving(database_name) as address:
        yield address


@pytest.fixture(scope="session")
def worker(server: str, database_name: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process over the session's database."""
    from qingshou.interfaces.serving import worker_command

    with process_of(worker_command(), database_name=database_name, settings="qingshou.config.testing") as process:
        yield process


@pytest.fixture(scope="session")
def browser() -> Iterator["object"]:
    """Debian's Chromium."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # as long as a page waits for anything else
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is missing: run tests/install-system.sh", pytrace=False)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: "object", server: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., "object"]]:
    """Return a page signed in as a role (or not at all), of another lender or server if need be.

    Errors of scripts and refused resources fail the journey.
    """
    faults: list[str] = []
    contexts = []

    def open_page(
        role: str = "", *, language: str = "zh-CN", width: int = 1280, dark: bool = False, of: "object" = None,
        at: str = "",
    ) -> "object":  # fmt: skip
        context = browser.new_context(
            base_url=at or server, locale=language, viewport={"width": width, "height": 800 if width > 500 else 844},
            color_scheme="dark" if dark else "light",
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if _is_fault(message) else None)
        if role:
            lender = of or request.getfixturevalue("lender")
            page.goto("/accounts/login/")
            page.fill("input[name=login]", f"{lender.prefix}{role.lower()}")
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_selector(".shell-main")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


def _is_fault(message: "object") -> bool:
    return message.type == "error" and "status of 4" not in message.text


@pytest.fixture
def judge(request: pytest.FixtureRequest) -> Callable[["object", str], None]:
    """Take a picture, and hold the page to what every page must be: no sideways scrolling, nothing serious by axe."""
    axe = (ROOT / "src/qingshou/interfaces/web/node_modules/axe-core/axe.min.js").read_text()

    def look(page: "object", name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        # panels that are fetched as the page opens are the page too
        while page.locator("[hx-trigger=load][aria-busy=true]").count():
            page.wait_for_timeout(50)
        page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{name} scrolls sideways"
        page.evaluate(axe)
        found = page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)")
        serious = [
            f"{one['id']}: {node['target']} {node['failureSummary'][:200]}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"][:3]
        ]
        assert serious == [], name

    return look
