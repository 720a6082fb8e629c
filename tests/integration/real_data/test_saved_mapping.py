"""A mapping saved in the wizard serves the nightly inbox too, by its name and in its newest version."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.book.mapping_versions import save_mapping
from qingshou.features.book.models import Import
from qingshou.interfaces.inbox import take_in_waiting

pytestmark = pytest.mark.django_db
DAY, NOW = date(2014, 6, 30), datetime(2014, 7, 1, tzinfo=UTC)
MAPPING = {
    "name": "our_core",
    "version": 1,
    "shape": "snapshot",
    "columns": {
        "loan_id": "LoanNr",
        "borrower_id": "LoanNr",
        "borrower_kind": {"constant": "SMALL_BUSINESS"},
        "product": {"constant": "BUSINESS"},
        "currency": {"constant": "USD"},
        "balance": {"from": "BalanceGross", "number": {"group": ",", "currency": True}},
        "is_written_off": {"from": "MIS_Status", "map": {"CHGOFF": True, "P I F": False, "": False}},
    },
}
TAPE = 'LoanNr,BalanceGross,MIS_Status\n1,"$1,200.50 ",\n2,$0.00 ,CHGOFF\n3,$0.00 ,P I F\n'


def wait(tenant: object, home: Path, folder: str) -> None:
    place = home / "inbox" / tenant.code / DAY.isoformat() / folder  # type: ignore[attr-defined]
    place.mkdir(parents=True)
    (place / "tape.csv").write_text(TAPE, encoding="utf-8")


def take(tenant: object, home: Path) -> int:
    return take_in_waiting(tenant_id=tenant.id, as_of=DAY, home=home, actor=SYSTEM, now=NOW)  # type: ignore[attr-defined]


def test_a_waiting_file_is_read_by_the_mapping_its_folder_names(tenant: object, tmp_path: Path) -> None:
    save_mapping(document={**MAPPING, "columns": {**MAPPING["columns"], "loan_id": "gone"}}, actor=SYSTEM, now=NOW)
    save_mapping(document=MAPPING, actor=SYSTEM, now=NOW)
    wait(tenant, tmp_path, "our_core")
    assert take(tenant, tmp_path) == 1
    row = Import.objects.get()
    assert (row.mapping_name, row.rows_accepted, row.totals["balance"]["accepted"]) == ("our_core", 3, "1200.500")
    assert take(tenant, tmp_path) == 0


def test_a_folder_named_after_no_mapping_stops_and_says_so(tenant: object, tmp_path: Path) -> None:
    wait(tenant, tmp_path, "theirs")
    with pytest.raises(MappingWrong, match="no mapping 'theirs'"):
        take(tenant, tmp_path)
    assert not Import.objects.exists()
