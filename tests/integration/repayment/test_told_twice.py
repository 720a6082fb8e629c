"""One booking told within the day, by an advice and in the day's statement is one receipt; two bookings stay two."""

import zipfile
from io import BytesIO

import pytest
from django.conf import settings
from django.urls import reverse
from tests.integration.repayment.bank_rows import named_borrower, take
from tests.integration.repayment.ledger_rows import NOW, broken, make_loan

from qingshou.audit.actors import SYSTEM
from qingshou.features.repayment.models import BankFile, Receipt
from qingshou.features.repayment.operations import told_twice
from qingshou.features.repayment.operations.bank_uploads import bank_uploads, send_bank_file, take_upload
from qingshou.features.repayment.operations.matching import match_waiting
from qingshou.features.repayment.operations.payment_references import give_reference
from qingshou.features.repayment.operations.receipts import ChosenBy, apply_receipt
from qingshou.features.repayment.queries.may_be_same import list_may_be_same
from qingshou.features.repayment.statements.errors import StatementRefused

KINDS = {
    "052": ("BkToCstmrAcctRpt", "Rpt"),
    "053": ("BkToCstmrStmt", "Stmt"),
    "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


pytestmark = pytest.mark.usefixtures("tenant")


def entry(amount, *, e2e="", ref="", text="贷款还款", on="2026-11-23", booked="", status="BOOK"):
    """Return an entry as banks write it: within the day often without the bank's number, or without a booking day."""
    day = f"<BookgDt><Dt>{booked}</Dt></BookgDt>" if booked else ""
    number = f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else ""
    return (
        f'<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>{day}'
        f"<ValDt><Dt>{on}</Dt></ValDt>{number}<NtryDtls><TxDtls><Refs><EndToEndId>{e2e or 'NOTPROVIDED'}</EndToEndId>"
        f"</Refs><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def camt(kind, *entries, number="1"):
    message, part = KINDS[kind]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.08">'
        f"<{message}><GrpHdr><MsgId>{number}</MsgId></GrpHdr><{part}><Id>{number}</Id>"
        f"<Acct><Id><Othr><Id>6217</Id></Othr></Id><Ccy>CNY</Ccy></Acct>{''.join(entries)}</{part}></{message}></Document>"
    ).encode()


def mt942(*lines):
    return "\r\n".join((":20:IN1", ":25:6217", ":28C:1/1", ":34F:CNY0,", ":13D:2611231200+0800", *lines,
                        ":90D:0CNY0,", ":90C:1CNY100,00", "-", "")).encode()  # fmt: skip


@pytest.fixture
def taken(tmp_path):
    """Take contents in, each as a file; gives the counts of accepted and repeated rows."""
    found = []

    def taking(content):
        path = tmp_path / f"{len(found)}.xml"
        path.write_bytes(content)
        row = take(path, account="", currency="").row
        found.append(row)
        return row.format, row.rows_accepted, row.rows_duplicate

    return taking


def test_told_within_the_day_by_advice_and_in_the_statement_it_is_counted_once(taken, tenant):
    assert taken(camt("052", entry("100.00", e2e="E1"), entry("50.00", e2e="E2", status="PDNG"))) == ("CAMT052", 1, 0)
    assert taken(camt("054", entry("100.00", e2e="E1", ref="A1", booked="2026-11-23"))) == ("CAMT054", 0, 1)
    told = entry("100.00", e2e="E1", ref="B7", booked="2026-11-24"), entry("50.00", e2e="E2", ref="B8")
    assert taken(camt("053", *told)) == ("CAMT053", 1, 1)
    assert sorted(f"{one.amount:.2f}" for one in Receipt.objects.all()) == ["100.00", "50.00"]
    assert broken(tenant.id) == {}


def test_the_statement_first_and_the_report_late_is_the_same(taken):
    assert taken(camt("053", entry("100.00", e2e="E1", ref="B7"))) == ("CAMT053", 1, 0)
    assert taken(camt("052", entry("100.00", e2e="E1"))) == ("CAMT052", 0, 1)
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize(
    "other",
    [
        entry("100.00", e2e="E2"),
        entry("100.01", e2e="E1"),
        entry("100.00", e2e="E1", on="2026-11-24"),
        entry("100.00"),
        entry("100.00", ref="B8"),
    ],
)
def test_what_differs_in_reference_amount_or_day_is_another_booking(taken, other):
    taken(camt("052", entry("100.00", e2e="E1", ref="A1")))
    assert taken(camt("053", other)) == ("CAMT053", 1, 0)


def test_the_banks_number_tells_it_where_the_payer_gave_no_reference(taken):
    taken(camt("052", entry("100.00", ref="A1")))
    assert taken(camt("053", entry("100.00", ref="A1", booked="2026-11-24"))) == ("CAMT053", 0, 1)
    assert taken(camt("053", entry("100.00", e2e="E9", ref="A2"), number="2")) == ("CAMT053", 1, 0)


def test_two_equal_payments_told_twice_each_stay_two(taken):
    both = entry("100.00", e2e="E1"), entry("100.00", e2e="E1")
    assert taken(camt("052", *both)) == ("CAMT052", 2, 0)
    numbered = (entry("100.00", e2e="E1", ref=f"B{one}", booked="2026-11-24") for one in range(3))
    assert taken(camt("053", *numbered)) == ("CAMT053", 1, 2)  # the third came after the report
    assert Receipt.objects.count() == 3


def test_an_mt942_tells_before_the_mt940(taken):
    line = ":61:2611231123C100,00NTRFNONREF//NONREF", ":86:166?20EREF+E1?21SVWZ+HUANKUAN"
    assert taken(mt942(*line)) == ("MT942", 1, 0)
    assert taken(mt942()) == ("MT942", 0, 0)  # nothing yet today: no fault of the file
    final = (":20:S", ":25:6217", ":28C:1/1", ":60F:C261123CNY0,", ":61:2611231124C100,00NTRFNONREF//B7", line[1],
             ":62F:C261123CNY100,", "-", "")  # fmt: skip
    assert taken("\r\n".join(final).encode()) == ("MT940", 0, 1)
    assert BankFile.objects.get(format="MT940").warnings == []


def test_broken_off_and_taken_again_it_comes_out_as_if_never_stopped(taken, tmp_path, monkeypatch):
    from qingshou.features.repayment.operations import bank_files

    taken(camt("052", entry("100.00", e2e="E1")))
    path = tmp_path / "final.xml"
    path.write_bytes(camt("053", entry("100.00", e2e="E1", ref="B1"), entry("20.00", e2e="E2", ref="B2")))
    stopped = {"credits_recorded"}

    def stop(point):
        if point in stopped:
            raise KeyboardInterrupt

    monkeypatch.setattr(bank_files, "reach", stop)
    with pytest.raises(KeyboardInterrupt):
        take(path)
    stopped.clear()
    row = take(path).row
    assert (row.rows_accepted, row.rows_duplicate, Receipt.objects.count()) == (1, 1, 2)


def test_without_looking_it_would_be_counted_twice(taken, monkeypatch):
    """The negative control."""
    monkeypatch.setattr(told_twice, "_files_beside", lambda _file: [])
    taken(camt("052", entry("100.00", e2e="E1")))
    assert taken(camt("053", entry("100.00", e2e="E1", ref="B7"))) == ("CAMT053", 1, 0)


def packed(files, **more):
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def sent(content, home):
    kept = send_bank_file(chunks=[content], file_name="day.zip", account="", currency="", home=home, actor=SYSTEM,
                          now=NOW)  # fmt: skip
    return take_upload(upload_id=kept.id, home=home, actor=SYSTEM, now=NOW)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "QINGSHOU_HOME", tmp_path)
    return tmp_path


def test_each_file_of_a_zip_is_taken_in_by_itself(home, client_for):
    files = {"a/052.xml": camt("052", entry("100.00", e2e="E1")),
             "a/053.xml": camt("053", entry("100.00", e2e="E1", ref="B7"), entry("5.00", ref="B8")),
             "__MACOSX/a/._052.xml": b"junk", "b.csv": b"nothing"}  # fmt: skip
    done = sent(packed(files), home)
    assert (done.state, done.import_id, bank_uploads(home).source(done).exists()) == ("DONE", "", False)
    lead = client_for("TEAM_LEAD")
    assert lead.get(f"/bank-files/sent/{done.id}/")["Location"] == "/bank-files/"
    assert lead.get(f"/bank-files/sent/{done.id}/progress")["HX-Redirect"] == "/bank-files/"
    waiting = sorted(bank_uploads(home).drafts(), key=lambda one: one.file_name)
    assert [one.file_name for one in waiting] == ["052.xml", "053.xml", "b.csv"]
    ended = [take_upload(upload_id=one.id, home=home, actor=SYSTEM, now=NOW).state for one in waiting]
    assert (ended, Receipt.objects.count()) == (["DONE", "DONE", "FAILED"], 2)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (packed({}), "UNKNOWN_FORMAT"),
        (packed({"folder/": b""}), "EMPTY"),
        (packed({f"{one}.csv": b"a" for one in range(51)}), "BOMB"),
        (packed({"a.csv": b"0" * 20_000_000}), "BOMB"),
        (packed({"a.zip": packed({"b.csv": b"a"})}), "NESTED"),
        (packed({"a.csv": b"a", "b.exe": b"MZ"}), "FILE_REFUSED"),
        (packed({"a.csv": b"a" * 999}).replace(b"a.csv", b"a.csv", 1)[:-40], "BROKEN_ZIP"),
    ],
    ids=range(7),
)
def test_a_zip_that_is_refused_leaves_nothing(home, content, why):
    done = sent(content, home)
    assert (done.state, done.error.partition(":")[0]) == ("FAILED", why)
    assert [one.id for one in bank_uploads(home).drafts()] == [done.id]


def test_a_zip_that_says_less_than_it_holds_is_stopped_while_it_unpacks(tmp_path):
    from qingshou.features.repayment.statements.delivery import files_of

    content = packed({"a.csv": b"0" * 5_000_000})
    lying = content.replace((5_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    path = tmp_path / "a.zip"
    path.write_bytes(lying)
    with pytest.raises(StatementRefused):
        [b"".join(blocks) for _name, blocks in files_of(path)]


def paid(amount, reference, **more):
    return entry(amount, text=f"还款 {reference}", **more)


@pytest.fixture
def loan(tenant):
    return make_loan(named_borrower("王小明", tenant))


@pytest.fixture
def reference(loan):
    return give_reference(borrower_id=loan.borrower_id, now=NOW)


def page_of(receipt):
    return reverse("repayment:receipt", args=[receipt.id])


def test_what_may_be_the_same_booking_waits_for_a_person(taken, reference, tenant, client_for):
    assert taken(camt("052", paid("100.00", reference))) == ("CAMT052", 1, 0)
    assert taken(camt("053", paid("100.00", reference, e2e="E1", ref="B7"))) == ("CAMT053", 1, 0)
    first, second = (Receipt.objects.get(bank_file__format=kind) for kind in ("CAMT052", "CAMT053"))
    assert (first.state, second.state, second.proposals[0]["why"]) == ("APPLIED", "PROPOSED", "MAY_BE_SAME")
    assert list_may_be_same(receipt_ids=[second.id]) == {second.id: [first.id]}
    page = client_for("TEAM_LEAD").get(page_of(second), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "This may be the same booking as a receipt of a camt.052 file" in page
    assert page_of(first) in page
    match_waiting(actor=SYSTEM, now=NOW)
    second.refresh_from_db()
    assert second.state == "PROPOSED"  # asked again, it waits all the same
    apply_receipt(receipt_id=second.id, borrower_id=first.borrower_id, loan_ids=None, chosen_by=ChosenBy.LENDER,
                  matched_by="lead", actor=SYSTEM, now=NOW)  # fmt: skip
    second.refresh_from_db()
    assert second.state == "APPLIED"
    assert broken(tenant.id) == {}


@pytest.mark.parametrize("other", [
    paid("100.01", "{reference}"), paid("100.00", "{reference}", on="2026-11-24"), entry("100.00"),
])  # fmt: skip
def test_another_amount_day_or_payer_is_another_payment(taken, reference, other):
    taken(camt("052", paid("100.00", reference)))
    taken(camt("053", other.format(reference=reference).replace("NOTPROVIDED", "E1")))
    later = Receipt.objects.get(bank_file__format="CAMT053")
    assert list_may_be_same(receipt_ids=[later.id]) == {}


def test_two_numbers_of_the_payers_own_are_two_payments(taken, reference):
    taken(camt("052", paid("100.00", reference, e2e="E1")))
    taken(camt("053", paid("100.00", reference, e2e="E2", ref="B7")))
    assert [one.state for one in Receipt.objects.all()] == ["APPLIED", "APPLIED"]


def test_two_statements_or_a_file_of_the_same_kind_raise_no_doubt(taken, reference):
    taken(camt("053", paid("100.00", reference, ref="B7")))
    taken(camt("053", paid("100.00", reference, ref="B8"), number="2"))
    assert [one.state for one in Receipt.objects.all()] == ["APPLIED", "APPLIED"]


def test_what_was_reversed_raises_no_doubt(taken, reference):
    taken(camt("052", paid("100.00", reference)))
    Receipt.objects.update(state="REVERSED")
    taken(camt("053", paid("100.00", reference, e2e="E1", ref="B7")))
    assert Receipt.objects.get(bank_file__format="CAMT053").state == "APPLIED"
