"""What a bank writes is read back exactly; and whatever happens to a file, reading it ends in an answer."""

import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.unit.repayment.statement_makers import Booked, as_camt, as_mt940, as_table, bookings, sizes

from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.forms import Format, StatementFile
from qingshou.features.repayment.statements.opening import read_statement

MAKERS = {"table": as_table, "camt": as_camt, "mt940": as_mt940}
OFTEN = settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))
DAMAGED = settings(deadline=None, max_examples=2_000, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("statements") / "file"


def read(path: Path, content: bytes) -> StatementFile:
    path.write_bytes(content)
    return read_statement(path=path, name="file", account="6222", currency="CNY")


def answer(path: Path, content: bytes) -> StatementFile:
    """Read what may be anything: a file, or one without lines where it is refused. Any other end is a fault."""
    try:
        return read(path, content)
    except StatementRefused as refused:
        return StatementFile(format=Format.CSV, version=refused.why, name="", content_hash="", accounts=())


def as_booked(file: StatementFile) -> list[Booked]:
    names = Booked.__dataclass_fields__
    return [Booked(**{name: getattr(line, name) for name in names}) for line in file.lines]


@pytest.mark.parametrize("kind", MAKERS)
@OFTEN
@given(lines=bookings(), opening=sizes, sign=st.sampled_from((1, -1)))
def test_what_is_written_is_read(path: Path, kind: str, lines: list[Booked], opening: Decimal, sign: int):
    opening *= sign
    file = read(path, MAKERS[kind](lines, opening))
    assert as_booked(file) == lines
    (account,) = file.accounts
    assert account.opening == opening
    assert account.closing == opening + sum(one.amount for one in lines)
    assert (file.rejected, file.warnings) == ((), ())


@pytest.mark.parametrize("kind", MAKERS)
@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
@given(lines=bookings(), opening=sizes, place=st.integers(0, 5))
def test_a_line_that_is_lost_shows_in_the_balance(
    path: Path, kind: str, lines: list[Booked], opening: Decimal, place: int
):
    lost = lines[place % len(lines)]
    kept = [one for one in lines if one is not lost]
    codec = "utf-8" if kind == "mt940" else "gb18030"
    whole, less = MAKERS[kind](lines, opening).decode(codec), MAKERS[kind](kept, opening).decode(codec)
    if kind == "table":
        # only a row between others can be missed by a running balance
        if lost in (lines[0], lines[-1]):
            return
        rows = whole.splitlines(keepends=True)
        broken = "".join(row for row in rows if f",{lost.bank_ref}," not in row)
    else:
        mark = "<Bal><Tp><CdOrPrtry><Cd>CLBD" if kind == "camt" else ":62F:"
        end = "</Bal>" if kind == "camt" else "\r\n"
        right = whole[whole.index(mark) : whole.index(end, whole.index(mark))]
        wrong = less[less.index(mark) : less.index(end, less.index(mark))]
        broken = less.replace(wrong, right)
    file = read(path, broken.encode(codec))
    assert [(one.code, one.fields["difference"]) for one in file.warnings] == [("BALANCE_DIFFERS", str(lost.amount))]


@st.composite
def damages(draw: st.DrawFn) -> bytes:
    """A right file with pieces cut out, doubled, put elsewhere, or written over; packed at times."""
    kind = draw(st.sampled_from(sorted(MAKERS)))
    content = MAKERS[kind](draw(bookings()), draw(sizes))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 60)))
        piece = content[start:end]
        put = draw(
            st.one_of(
                st.just(b""),
                st.just(piece * 3),
                st.binary(max_size=8),
                st.sampled_from(
                    [b'"', b"\x00", b"<", b"]]>", b"&x;", b":61:", b"\r", b"\xff", "９".encode(), b"\n-\n"]
                ),
            )
        )
        content = content[:start] + put + content[end:]
    return gzip.compress(content, mtime=0)[: draw(st.integers(10, 10_000))] if draw(st.integers(0, 9)) == 0 else content


@DAMAGED
@given(content=damages())
@example(content=b"\x1f\x8b")
@example(content=b"<")
@example(content=b":20:")
def test_damage_ends_in_an_answer(path: Path, content: bytes):
    file = answer(path, content)
    for account in file.accounts:
        total = sum((line.amount for line in account.lines), Decimal(0))
        known = account.opening is not None and account.closing is not None
        if known and account.opening + total != account.closing:
            assert "BALANCE_DIFFERS" in {one.code for one in file.warnings}
    for line in file.lines:
        assert line.amount != 0
        assert line.amount == line.amount.quantize(Decimal("0.01"))


@DAMAGED
@given(content=st.binary(max_size=400))
def test_noise_ends_in_an_answer(path: Path, content: bytes):
    answer(path, content)
