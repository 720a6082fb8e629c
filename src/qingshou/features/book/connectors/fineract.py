"""A Fineract server's whole book into the lake, by the same intake as any file."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from qingshou.features.book.connectors.fineract_client import FineractClient, Login
from qingshou.features.book.connectors.fineract_rows import (
    Row,
    instalment_rows,
    is_of_the_book,
    loan_row,
    payment_rows,
    person_row,
)
from qingshou.features.book.intake.mapping import load_mapping
from qingshou.features.book.intake.result import ImportResult
from qingshou.features.book.intake.run import import_rows
from qingshou.features.book.intake.sealed import VaultKeys
from qingshou.features.book.intake.staging import Progress
from qingshou.features.book.intake.table_source import TableSource

__all__ = ["Login", "import_book"]

_MAPPINGS = {
    "people": "fineract_people",
    "loans": "fineract_loans",
    "instalments": "fineract_schedule",
    "payments": "fineract_payments",
}


def import_book(
    *,
    login: Login,
    as_of: date,
    tenant: str,
    home: Path,
    keys: VaultKeys,
    now: datetime,
    progress: Progress | None = None,
    dry_run: bool = False,
    client: FineractClient | None = None,
) -> list[ImportResult]:
    """Pull clients, loans, schedules and transactions, and import each as its frame.

    Takes   as_of   the date the book is taken to speak of: the day of the pull
    Gives   list    one result each for people, loans, instalments, payments; frames without rows are left out
    Stops   SourceUnreachable before anything is imported when the server does not answer as agreed
    """
    with client or FineractClient(login) as server:
        pulled = _pull(server, as_of, progress)
    results = []
    for frame, rows in pulled.items():
        if not rows:
            continue
        source = TableSource.of(rows, name=f"fineract-{frame}")
        mapping = load_mapping(_MAPPINGS[frame], as_of=as_of)
        results.append(
            import_rows(
                source=source, mapping=mapping, as_of=as_of, tenant=tenant, home=home, keys=keys, now=now,
                progress=progress, dry_run=dry_run,
            )
        )  # fmt: skip
    return results


def _pull(server: FineractClient, as_of: date, progress: Progress | None) -> dict[str, list[Row]]:
    """Read everything first: half a book must not be imported because the line broke."""
    pulled: dict[str, list[Row]] = {"people": [], "loans": [], "instalments": [], "payments": []}
    pulled["people"] = [person_row(client) for client in server.pages("/clients", orderBy="id", sortOrder="ASC")]
    for done, loan in enumerate(_loans(server), start=1):
        pulled["loans"].append(loan_row(loan, as_of))
        pulled["instalments"] += instalment_rows(loan)
        pulled["payments"] += payment_rows(loan, as_of)
        if progress is not None and done % 50 == 0:
            progress("pull", done, None)
    return pulled


def _loans(server: FineractClient) -> Iterator[dict[str, object]]:
    for listed in server.pages("/loans", orderBy="id", sortOrder="ASC"):
        if is_of_the_book(listed):
            yield server.get(f"/loans/{listed['id']}", associations="repaymentSchedule,transactions")
