"""The demo: six month-ends of a real book, run as any lender's days are run. What is there already is left as it is."""

import csv
import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from qingshou.access.operations import create_team, create_user
from qingshou.access.operations.demo import settle_known_password
from qingshou.access.roles import Role
from qingshou.access.tenants import open_tenant
from qingshou.audit.actors import SYSTEM
from qingshou.edges import clock
from qingshou.features.book.operations import record_import
from qingshou.features.delinquency.queries import summary_table
from qingshou.features.oversight.queries import get_run
from qingshou.interfaces.daily import run_day
from qingshou.interfaces.demo_agreements import agree_early, agree_today
from qingshou.interfaces.demo_contacts import give_life
from qingshou.interfaces.demo_money import give_money
from qingshou.interfaces.demo_people import write_people
from qingshou.interfaces.demo_portal import give_pages
from qingshou.kernel.errors import NotFound
from qingshou.tenancy.context import using
from qingshou.tenancy.queries import get_tenant_by_code

CODE = "demo"
PASSWORD = "qingshou-demo-2026"  # noqa: S105 - printed for whoever tries the demo; refused outside it
TAPE = Path(__file__).resolve().parents[3] / "data" / "taiwan" / "creditcard_default.csv.gz"
MONTH_ENDS = tuple(date(2005, month, day) for month, day in ((4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30)))
# Judged by the texts of the first date on which all that a page shows is held: classes, provisions and IFRS 9 stages.
LAW_DATE = date(2018, 1, 1)

_SIGN_INS = {
    Role.COLLECTOR: ("collector", "王雅婷"),
    Role.TEAM_LEAD: ("lead", "陳建宏"),
    Role.LEGAL_OFFICER: ("legal", "林志明"),
    Role.ASSET_MANAGER: ("asset", "張淑芬"),
    Role.RISK_OFFICER: ("risk", "李俊傑"),
    Role.COMPLIANCE_OFFICER: ("compliance", "吳美玲"),
    Role.AGENCY_USER: ("agency", "劉家豪"),
    Role.ADMINISTRATOR: ("admin", "蔡怡君"),
}
_MORE_COLLECTORS = ("許宗翰", "鄭惠雯", "謝冠宇", "郭佩珊", "洪承恩", "曾詩涵", "邱柏翰")


def prepare(console: Console) -> UUID:
    """Bring the demo's lender to its last month-end and return its id; done before, it changes nothing."""
    try:
        tenant_id = get_tenant_by_code(code=CODE).id
    except NotFound:
        tenant_id = _found()
    with using(tenant_id), _bars(console) as bars:
        for as_of in MONTH_ENDS:
            _take_month(tenant_id, as_of, bars)
            if as_of == MONTH_ENDS[-2]:
                agree_early(now=clock.now())
        task = bars.add_task("contacts", total=1, step="")
        give_life(now=clock.now())
        agree_today(now=clock.now())
        bars.update(task, step="done", completed=1)
        task = bars.add_task("payments", total=1, step="")
        give_money(now=clock.now())
        give_pages(now=clock.now())
        bars.update(task, step="done", completed=1)
    return tenant_id


@transaction.atomic
def _found() -> UUID:
    """Make the lender and its people, all or nothing: a start that is interrupted leaves no half a desk."""
    tenant = open_tenant(
        code=CODE, name="示範銀行 Demo Bank", jurisdiction="taiwan", currency="TWD", time_zone="Asia/Taipei",
        law_date=LAW_DATE, is_demo=True, actor=SYSTEM, now=clock.now(),
    )  # fmt: skip
    now = clock.now()
    with using(tenant.id):
        team = create_team(name="一組 Desk 1", actor=SYSTEM, now=now)
        for role, (username, name) in _SIGN_INS.items():
            _person(username, name, role, team.id, now)
        for number, name in enumerate(_MORE_COLLECTORS, 2):
            _person(f"collector{number}", name, Role.COLLECTOR, team.id, now)
    return tenant.id


def _person(username: str, name: str, role: Role, team_id: UUID, now: datetime) -> None:
    user, _ = create_user(
        username=username, display_name=name, role=role.value, team_id=team_id, capacity_cases=700, actor=SYSTEM,
        now=now, email=f"{username}@demo.example",
    )  # fmt: skip
    settle_known_password(user_id=user.id, password=PASSWORD, now=now)


def _take_month(tenant_id: UUID, as_of: date, bars: Progress) -> None:
    """Import the month-end and run its day; a finished month is passed over by both."""
    task = bars.add_task(f"{as_of}", total=None, step="")

    def tell(step: str, done: int, total: int | None) -> None:
        bars.update(task, step=step, completed=done, total=total)

    now = clock.now()
    home = settings.QINGSHOU_HOME
    if as_of == MONTH_ENDS[0]:
        people = home / "demo" / "people.csv"
        if not people.exists():
            write_people((str(number) for number in range(1, _accounts_count() + 1)), people)
        record_import(tenant_id=tenant_id, source_path=people, mapping="canonical_people", as_of=as_of, home=home,
                      actor=SYSTEM, now=now, progress=tell)  # fmt: skip
    record_import(tenant_id=tenant_id, source_path=TAPE, mapping="taiwan_card", as_of=as_of, home=home, actor=SYSTEM,
                  now=now, progress=tell)  # fmt: skip
    run_day(tenant_id=tenant_id, as_of=as_of, now=clock.now(), actor=SYSTEM, home=home, progress=tell)
    bars.update(task, step="done", completed=1, total=1)


def _accounts_count() -> int:
    with gzip.open(TAPE, "rt", encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


@contextmanager
def _bars(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[step]}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        yield bars


def summary(tenant_id: UUID, console: Console) -> None:
    """Print what the days did: loans, overdue by class, roll rates, cases opened, moved and closed."""
    book = Table(title="示範銀行 Demo Bank: the book at each month-end")
    moves = Table(title="What moved since the month before, and the cases it made")
    for table, heads in (
        (book, ("as of", "loans", "overdue", "share", "mild", "moderate", "severe")),
        (moves, ("as of", "M2>M3", "M3>M4", "cured M2", "opened", "moved", "closed")),
    ):
        for head in heads:
            table.add_column(head, justify="left" if head == "as of" else "right", no_wrap=True)
    with using(tenant_id):
        for row in summary_table(dates=MONTH_ENDS):
            day, loans, overdue = str(row["as_of"]), row["loans"], row["overdue"]
            counts = (row["severities"].get(name, 0) for name in ("MILD", "MODERATE", "SEVERE"))
            book.add_row(day, _count(loans), _count(overdue), _percent(Decimal(overdue) / loans), *map(_count, counts))
            rates = (row["roll_rates"].get("M2>M3"), row["roll_rates"].get("M3>M4"), row["cure_rates"].get("M2"))
            cases = get_run(as_of=row["as_of"]).step("cases").facts
            made = (cases[name] for name in ("opened", "moved", "closed"))
            moves.add_row(day, *map(_percent, rates), *map(_count, made))
    console.print(book)
    console.print(moves)


def _count(value: int) -> str:
    return f"{value:,}"


def _percent(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def sign_ins() -> tuple[str, ...]:
    """Return the lines that say how to sign in: one a role."""
    width = max(len(role.value) for role in Role)
    lines = [f"  {role.value:<{width}}  {username:<11} {PASSWORD}" for role, (username, _) in _SIGN_INS.items()]
    origin = "Accounts are real (UCI 350, CC BY 4.0); names and telephone numbers are invented."
    return ("Demo sign-ins (role, name, password):", *lines, origin)
