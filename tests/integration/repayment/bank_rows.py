"""Banks' files written for the tests, and taken in."""

from pathlib import Path
from typing import Any

from tests.integration.repayment.ledger_rows import NOW, make_borrower

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.operations.bank_files import TakenFile, take_bank_file
from qingshou.privacy.blind_index import blind_index
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.sealing import seal

HEAD = "记账日期,收入,支出,余额,对方户名,对方账号,附言,交易流水号,原交易流水号"
ACCOUNT, CURRENCY = "6217000010001", "CNY"


def line(credit="", debit="", *, name="", account="", text="", ref="", of="", on="2026-11-23") -> str:
    return ",".join((on, credit, debit, "", name, account, text, ref, of))


def write(path: Path, *lines: str, head: str = HEAD) -> Path:
    path.write_text("\n".join((head, *lines)) + "\n", encoding="utf-8")
    return path


def take(path: Path, **more: Any) -> TakenFile:
    given: dict[str, Any] = {"name": path.name, "actor": SYSTEM, "now": NOW, "account": ACCOUNT, "currency": CURRENCY}
    return take_bank_file(path=path, **(given | more))


def named_borrower(name: str, tenant: Any, ref: str = "") -> Any:
    borrower = make_borrower(ref)
    borrower.name = seal(name, place="book_borrower.name", row_id=borrower.id)
    borrower.name_index = blind_index(PersonalKind.NAME, name, tenant.id)
    borrower.save()
    return borrower
