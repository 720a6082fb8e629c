"""Personal values are opened by role, and every opening is logged; what cannot be opened shows nothing."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from qingshou.access.actors import actor_of
from qingshou.features.book.models import Borrower
from qingshou.privacy import queries
from qingshou.privacy.kinds import PersonalKind
from qingshou.privacy.models import PersonalDataRead
from qingshou.privacy.operations import reveal, reveal_many
from qingshou.privacy.places import place_of, sealed_fields
from qingshou.privacy.sealing import UnsealError, seal, seal_many
from qingshou.tenancy.context import using

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def _borrower(**texts) -> Borrower:
    row = Borrower(id=uuid4(), borrower_ref=uuid4().hex)
    for name, text in texts.items():
        setattr(row, name, seal(text, place=place_of(Borrower, name), row_id=row.id))
    row.save()
    return Borrower.objects.get(id=row.id)


def _reveal(row, user, names=("name", "national_id", "employer")):
    return reveal(subject_kind="BORROWER", subject_id=row.id, fields=sealed_fields(row, names), reader=actor_of(user),
                  role=user.role, purpose="CASE_PAGE", now=NOW)  # fmt: skip


def test_a_role_sees_what_it_is_cleared_for_and_the_rest_masked(users):
    row = _borrower(name="张三丰", national_id="11010519491231002X")
    assert _reveal(row, users["COLLECTOR"]) == {"name": "张三丰", "national_id": "110***********002X", "employer": None}
    assert _reveal(row, users["RISK_OFFICER"])["name"] == "张**"
    assert _reveal(row, users["LEGAL_OFFICER"])["national_id"] == "11010519491231002X"


def test_every_reading_is_logged_with_who_what_whose_why_and_never_the_data(users):
    row = _borrower(name="张三丰", national_id="11010519491231002X")
    _reveal(row, users["COLLECTOR"])
    (read,) = queries.list_reads_of(subject_id=row.id)
    assert (read.reader_name, read.role, read.purpose, read.clear_fields, read.masked_fields, read.at) == (
        "collector", "COLLECTOR", "CASE_PAGE", ("name",), ("national_id",), NOW)  # fmt: skip
    assert queries.list_reads_by(reader_id=users["COLLECTOR"].id) == [read]
    assert queries.list_reads(before=NOW) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM privacy_personaldataread r")
        assert "张三" not in cursor.fetchone()[0]


def test_nothing_to_read_is_not_a_reading(users):
    assert _reveal(_borrower(), users["COLLECTOR"]) == {"name": None, "national_id": None, "employer": None}
    assert PersonalDataRead.objects.count() == 0


def test_a_page_of_people_is_one_row_of_the_log_however_many(users):
    def queries_of(count: int) -> int:
        rows = [_borrower(name=f"张{n}") for n in range(count)]
        with CaptureQueriesContext(connection) as seen:
            shown = reveal_many(
                subject_kind="BORROWER", rows={row.id: sealed_fields(row, ["name"]) for row in rows},
                reader=actor_of(users["AGENCY_USER"]), role="AGENCY_USER", purpose="WORKLIST", now=NOW,
            )  # fmt: skip
        assert [shown[row.id]["name"] for row in rows] == [f"张{n}" for n in range(count)]
        return len(seen)

    assert queries_of(1) == queries_of(50) == 1
    assert PersonalDataRead.objects.count() == 2


def test_the_log_cannot_be_changed_by_the_application(users):
    _reveal(_borrower(name="张三"), users["COLLECTOR"])
    for statement in ("UPDATE privacy_personaldataread SET role = 'X'", "DELETE FROM privacy_personaldataread"):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_value_moved_to_another_row_stops_and_shows_nothing(users):
    one, two = _borrower(name="张三"), _borrower(name="李四")
    Borrower.objects.filter(id=two.id).update(name=bytes(one.name))
    with pytest.raises(UnsealError):
        _reveal(Borrower.objects.get(id=two.id), users["COLLECTOR"])
    assert queries.list_reads_of(subject_id=two.id) == []


def test_another_lender_reads_no_log(users, other_tenant):
    row = _borrower(name="张三")
    _reveal(row, users["COLLECTOR"])
    with using(other_tenant.id):
        assert (queries.list_reads_of(subject_id=row.id), queries.list_reads()) == ([], [])


def test_the_kind_of_a_value_may_be_the_rows(users):
    row = _borrower(name="wang@example.com")
    fields = sealed_fields(row, ["name"], kinds={"name": PersonalKind.EMAIL})
    shown = reveal(subject_kind="BORROWER", subject_id=row.id, fields=fields, reader=actor_of(users["RISK_OFFICER"]),
                   role="RISK_OFFICER", purpose="CASE_PAGE", now=NOW)  # fmt: skip
    assert shown == {"name": "w***@example.com"}


def test_only_sealed_columns_have_a_place():
    assert place_of(Borrower, "name") == "book_borrower.name"
    with pytest.raises(TypeError):
        place_of(Borrower, "borrower_ref")
    with pytest.raises(TypeError):
        sealed_fields(Borrower(), ["region"])


CANARY = "金丝雀13912345678"


def test_the_raw_rows_and_files_of_the_database_hold_no_clear_value(committed):
    """S1: a marked value, sealed through the one way in, is looked for in the row as PostgreSQL gives it."""
    row_id = uuid4()
    (sealed,) = seal_many([CANARY], place="book_borrower.name", row_ids=[row_id])
    Borrower.objects.create(id=row_id, borrower_ref="canary", name=sealed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT b::text, encode(b.name, 'escape') FROM book_borrower b WHERE id = %s", [row_id])
        shown = cursor.fetchone()
        cursor.execute("SELECT encode(%s::bytea, 'escape')", [CANARY.encode()])
        clear = cursor.fetchone()[0]
    assert not any(CANARY in part or clear in part or "13912345678" in part for part in shown)
    assert "13912345678" in clear  # the probe itself can see a value that is not sealed
