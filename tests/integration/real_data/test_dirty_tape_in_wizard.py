"""A dirty tape of business loans through the wizard, by the form as shown: two assumptions settled, nothing else."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.conftest import NOW
from tests.integration.real_data.forms import fields_of

from qingshou.audit.actors import SYSTEM
from qingshou.features.book.models import Import
from qingshou.features.book.taking_in import take_in

pytestmark = pytest.mark.django_db
HEAD = (
    "LoanNr_ChkDgt,Name,City,State,Zip,Bank,BankState,NAICS,ApprovalDate,ApprovalFY,Term,NoEmp,NewExist,CreateJob,"
    "RetainedJob,FranchiseCode,UrbanRural,RevLineCr,LowDoc,ChgOffDate,DisbursementDate,DisbursementGross,BalanceGross,"
    "MIS_Status,ChgOffPrinGr,GrAppv,SBA_Appv\n"
)
STATUSES = ("P I F", "CHGOFF", "P I F", "P I F", "")


def line(number: int) -> str:
    status = STATUSES[number % 5]
    year = "1976A" if number == 7 else "1997"
    reviews = ("Y", "N", "0", "T", "`", '","', "")[number % 7]
    return (
        f'{1_000_014_003 + number * 9_973},"GRILL ""{number}"", INC",,IN,4771{number % 10},"BANK, NA",OH,451120,'
        f"{number % 28 + 1}-Feb-{(69, 97, '00', 14)[number % 4]},{year},84,4,2,0,0,1,0,{reviews},N,"
        f'{"3-Mar-05" if status == "CHGOFF" else ""},,"${number * 1_000:,}.50 ","${number % 3:,}.25 ",{status},$0.00 ,'
        f'"${number * 2_000:,}.00 ",$1.00 \n'
    )


def test_the_proposal_takes_the_tape_in_once_its_assumptions_are_settled(
    tenant: object, users: dict, client_for: Callable[[str], Client], settings: object, tmp_path: Path
) -> None:
    settings.QINGSHOU_HOME = tmp_path  # type: ignore[attr-defined]
    client, rows = client_for("RISK_OFFICER"), 210
    tape = SimpleUploadedFile("loans.csv", (HEAD + "".join(map(line, range(rows)))).encode())
    sent = client.post("/imports/send", {"file": tape, "as_of": "2014-06-30"})
    place = sent["Location"]
    form = fields_of(client.get(place).content.decode())
    assert form["snapshot.currency.constant"] == "USD"
    form |= {"snapshot.borrower_kind.constant": "SMALL_BUSINESS", "snapshot.product.constant": "BUSINESS"}
    assert client.post(place, {**form, "action": "import", "name": "business_loans"}).status_code == 302
    done = take_in(tenant_id=tenant.id, upload_id=place.split("/")[3], home=tmp_path, actor=SYSTEM, now=NOW)  # type: ignore[attr-defined]
    assert (done.state, done.error) == ("DONE", "")
    row = Import.objects.get()
    assert (row.rows_read, row.rows_accepted, row.reasons) == (rows, rows, {})
    assert Decimal(row.totals["balance"]["accepted"]) == sum(Decimal(n % 3) + Decimal("0.25") for n in range(rows))
    page = client.get(f"/imports/{row.id}/").content.decode()
    assert "rows do not balance" not in page
