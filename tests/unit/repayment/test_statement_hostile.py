"""Files made to hurt: bombs, entities, depth, size, and payers' names on their way into a log."""

import gzip
import logging
import time
import tracemalloc
from pathlib import Path

import pytest

from qingshou.features.repayment.statements import limits
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.opening import read_statement

CAMT = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    "<Stmt>{}</Stmt></BkToCstmrStmt></Document>"
)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]>"
)


def why(folder: Path, content: bytes) -> str:
    path = folder / "file"
    path.write_bytes(content)
    started = time.process_time()
    with pytest.raises(StatementRefused) as refused:
        read_statement(path=path, name="file", currency="CNY")
    assert time.process_time() - started < 5
    return refused.value.why


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (LAUGHS + CAMT.format("<Id>&lol9;</Id>"), "XML_FORBIDDEN"),
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + CAMT.format("<Id>&e;</Id>"), "XML_FORBIDDEN"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + CAMT.format("<Id>1</Id>"), "XML_FORBIDDEN"),
        ('<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>' + CAMT.format(""), "XML_FORBIDDEN"),
        ("<!DOCTYPE Document>" + CAMT.format("<Id>1</Id>"), "XML_FORBIDDEN"),
        (CAMT.format("<Id>&unknown;</Id>"), "XML_BROKEN"),
        (CAMT.format("<Ntry>" + "<a>" * 100_000), "TOO_DEEP"),
        (CAMT.format("<Ntry>" + "<a/>" * (limits.XML_NODES_MAX + 1) + "</Ntry>"), "ENTRY_TOO_LARGE"),
        (CAMT.format("<Ntry>" + "x" * (limits.XML_CHARS_MAX + 1) + "</Ntry>"), "ENTRY_TOO_LARGE"),
        (CAMT.format("")[:-5], "XML_BROKEN"),
        ('<?xml version="1.0" encoding="EUC-JP"?><a/>', "XML_BROKEN"),
        ('<?xml version="1.0" encoding="nothing"?><a/>', "XML_BROKEN"),
        ("<html><body>Sign in</body></html>", "WRONG_MESSAGE"),
        ('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><x/></Document>', "WRONG_MESSAGE"),
        ("", "EMPTY"),
        ("\ufeff\r\n", "EMPTY"),
        (":20:A\n:25:1\n", "EMPTY"),
        ("%PDF-1.7", "UNKNOWN_FORMAT"),
        ("PK\x03\x04no zip", "BROKEN_ZIP"),
    ],
    ids=range(19),
)
def test_refused(tmp_path: Path, content: str, reason: str):
    assert why(tmp_path, content.encode()) == reason


def test_an_old_workbook(tmp_path: Path):
    assert why(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") == "OLD_EXCEL"


def test_a_packed_bomb(tmp_path: Path):
    assert why(tmp_path, gzip.compress(b"1,2,3\n" * 4_000_000)) == "BOMB"


def test_a_packed_file_that_is_larger_than_any_statement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("qingshou.features.repayment.statements.opening.FILE_BYTES_MAX", 100_000)
    assert why(tmp_path, gzip.compress(b"1,2,3\n" * 20_000)) == "TOO_LARGE"
    assert why(tmp_path, b"1,2,3\n" * 20_000) == "TOO_LARGE"


def test_a_broken_packed_file(tmp_path: Path):
    packed = gzip.compress(b":20:A\n:25:1\n" * 10_000)
    assert why(tmp_path, packed[:-20]) == "BROKEN_GZIP"
    assert why(tmp_path, b"\x1f\x8bnothing") == "BROKEN_GZIP"


@pytest.mark.parametrize("row", ["2026-01-05,1.00,x\n", ":61:260105C1,NTRFNONREF\n"], ids=["table", "mt940"])
def test_more_rows_than_any_statement(tmp_path: Path, row: str):
    head = "Date,Amount,Details\n" if row.startswith("2") else ":20:A\n:25:1\n:60F:C260104CNY0,\n"
    path = tmp_path / "file"
    path.write_text(head + row * (limits.LINES_MAX + 1))
    with pytest.raises(StatementRefused) as refused:
        read_statement(path=path, name="file", currency="CNY")
    assert refused.value.why == "TOO_MANY_ROWS"


def test_long_texts_are_cut_and_that_is_told(tmp_path: Path):
    path = tmp_path / "file"
    path.write_text("Date,Amount,Details,Payer name\n2026-01-05,1.00," + "x" * 5_000 + ",王\x01\u202e小明\n")
    file = read_statement(path=path, name="file", currency="CNY", account="1")
    (line,) = file.lines
    assert (len(line.remittance), line.payer_name) == (2_000, "王 小明")
    assert file.warnings[0].code == "TEXT_CUT"
    assert file.warnings[0].fields == {"column": "remittance", "chars_max": 2_000}


@pytest.mark.parametrize(
    ("field", "code"),
    [
        (":61:260105C12345678901234567,00NTRFNONREF", "NOT_STANDARD"),
        (":61:260105C1234567890123456NTRFNONREF", "NOT_STANDARD"),
        (":61:260105C1,2,3NTRFNONREF", "NOT_STANDARD"),
        (":61:260105C١٢,00NTRFNONREF", "NOT_STANDARD"),
        (":61:260105EC1,00NTRFNONREF", "NOT_STANDARD"),
        (":61:260230C1,00NTRFNONREF", "IMPOSSIBLE_DATE"),
        (":61:260105C1,005NTRFNONREF", "TOO_MANY_DECIMALS"),
        (":61:260105C0,NTRFNONREF", "ZERO_AMOUNT"),
        (":61:260105C99999999999999,NTRFNONREF", ""),
    ],
)
def test_amounts_the_library_would_misread(tmp_path: Path, field: str, code: str):
    path = tmp_path / "file"
    path.write_text(f":20:A\n:25:1\n:60F:C260104CNY0,\n{field}\n:86:王小明 secret\n:62F:C260105CNY0,\n-\n")
    file = read_statement(path=path, name="file")
    assert [one.code for one in file.rejected] == ([code] if code else [])
    assert len(file.lines) == (0 if code else 1)


def test_no_payer_reaches_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    path = tmp_path / "file"
    path.write_text(
        ":20:A\n:25:1\n:60F:C260104CNY0,\n:61:260105C1,NTRFNONREF\nsecret\nmore\n:86:166?20secret?32secret\n"
    )
    with caplog.at_level(logging.DEBUG):
        read_statement(path=path, name="file")
    assert "secret" not in caplog.text


def test_memory_does_not_grow_with_entries_already_read(tmp_path: Path):
    entry = (
        "<Ntry><Amt Ccy='CNY'>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts>" + "<x>yyyy</x>" * 100 + "</Ntry>"
    )
    path = tmp_path / "file"
    path.write_text(CAMT.format(entry * 3_000))
    tracemalloc.start()
    file = read_statement(path=path, name="file")
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(file.rejected) == 3_000
    assert most < 6_000_000
