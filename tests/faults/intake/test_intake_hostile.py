# ruff: noqa: DTZ001 (calendar values of cells, no clock)
"""Hostile files: refused or neutralised, in bounded memory and time, never a crash, never a changed value."""

import io
import random
import threading
import time
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qingshou.features.book.intake.errors import FileRefused, MappingWrong
from qingshou.features.book.intake.reading import open_source
from qingshou.features.book.intake.source_spec import SourceSpec

MIB_MAX = 300
SECONDS_MAX = 20  # on a busy machine; alone each takes about one


class _Peak(threading.Thread):
    """Watches the largest child of this process."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mib, self.done = 0.0, False

    def run(self) -> None:
        me = psutil.Process()
        own = me.cmdline()
        while not self.done:
            try:
                for child in me.children():
                    if child.cmdline() == own:
                        continue  # begun and not yet the parser: the memory it shows is ours
                    self.mib = max(self.mib, child.memory_info().rss / 2**20)
            except psutil.NoSuchProcess:
                pass
            time.sleep(0.01)


def _read(path, *, wanted=True, **spec):
    """Return all rows as text, with the child's peak memory held to the limit."""
    peak = _Peak()
    peak.start()
    started = time.monotonic()
    try:
        with open_source(path=path, spec=SourceSpec(**spec)) as source:
            width = len(source.shape.headers)
            rows = [
                (row["#line"], row["#bad"], [row[f"c{at}"] for at in range(width)])
                for batch in source.chunks()
                for row in (batch.to_pylist() if wanted else ())
            ]
    finally:
        peak.done = True
        peak.join()
        assert peak.mib <= MIB_MAX
        assert time.monotonic() - started <= SECONDS_MAX
    return rows


def _why(path, **spec):
    with pytest.raises(FileRefused) as refused:
        _read(path, wanted=False, **spec)
    return refused.value.why


SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
PARTS = {
    "[Content_Types].xml": "<Types/>",
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
}


def _workbook(path, rows: str = "", sheet: str | None = None, **extra: str | bytes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in PARTS.items():
            package.writestr(name, content)
        package.writestr("xl/worksheets/sheet1.xml", sheet if sheet is not None else SHEET.format(rows))
        for name, content in extra.items():
            package.writestr(name, content)
    return path


def _text(place, value):
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


HEAD = f'<row r="1">{_text("A1", "a")}{_text("B1", "b")}</row>'


def test_a_bomb_is_refused_by_its_directory(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in PARTS.items():
            package.writestr(name, content)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            for _ in range(210):
                out.write(b" " * 1_000_000)
    assert path.stat().st_size < 300_000
    assert _why(path) == "BOMB"


def test_a_bomb_that_lies_about_its_size_is_refused_while_unpacking(tmp_path):
    path = _workbook(tmp_path / "lie.xlsx", sheet=SHEET.format(HEAD + " " * 60_000_000))
    data = bytearray(path.read_bytes())
    real = (len(SHEET.format(HEAD)) + 60_000_000).to_bytes(4, "little")
    assert data.count(real) >= 1
    path.write_bytes(bytes(data.replace(real, (900_000).to_bytes(4, "little"))))
    assert _why(path) in ("BROKEN_ZIP", "BOMB", "BROKEN_XML")


def test_a_sheet_that_claims_a_billion_rows_is_read_by_its_rows(tmp_path):
    rows = HEAD + f'<row r="1048576">{_text("A1048576", "x")}</row>'
    sheet = SHEET.format(rows).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert _read(_workbook(tmp_path / "far.xlsx", sheet=sheet)) == [(1048576, None, ["x", None])]


@pytest.mark.parametrize(
    ("doctype", "why"),
    [
        ('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "XML_DTD"),
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>', "XML_DTD"),
        ("<broken", "BROKEN_XML"),
    ],
)
def test_entities_and_broken_xml(tmp_path, doctype, why):
    sheet = SHEET.format(HEAD).replace("<worksheet", doctype + "<worksheet")
    assert _why(_workbook(tmp_path / "x.xlsx", sheet=sheet)) == why


@pytest.mark.parametrize(
    ("name", "why"),
    [("xl/vbaProject.bin", "MACROS"), ("xl/embeddings/inner.xlsx", "NESTED"), ("inner.zip", "NESTED")],
)
def test_macros_and_nested_files(tmp_path, name, why):
    assert _why(_workbook(tmp_path / "x.xlsx", HEAD, **{name: b"x"})) == why


def test_too_many_parts(tmp_path):
    assert _why(_workbook(tmp_path / "x.xlsx", HEAD, **{f"p{n}.xml": "" for n in range(120)})) == "BOMB"


def test_formula_cells_give_their_stored_value_or_are_refused(tmp_path):
    cells = '<c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>HYPERLINK("http://x")</f><v>click</v></c>'
    rows = HEAD + f'<row r="2">{cells}</row><row r="3"><c r="A3"><f>1/0</f></c>{_text("B3", "=1+1")}</row>'
    rows += '<row r="4"><c r="A4" t="e"><v>#N/A</v></c></row>'
    path = _workbook(tmp_path / "f.xlsx", rows)
    assert _read(path) == [
        (2, None, ["2", "click"]),
        (3, "FORMULA_WITHOUT_VALUE", [None, "=1+1"]),
        (4, "CELL_ERROR", ["#N/A", None]),
    ]
    assert [bad for _line, bad, _row in _read(path, formulas="reject")] == [
        "FORMULA_REFUSED",
        "FORMULA_REFUSED",
        "CELL_ERROR",
    ]


def test_typed_cells_keep_what_a_person_entered(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["a", "b", "c", "d", "e"])
    sheet.append([0.1 + 0.2, date(2026, 2, 28), True, "00123", datetime(2026, 1, 1, 8, 30)])
    sheet.append([1e15, None, False, "甲\u202e乙", date(1999, 12, 31)])
    book.save(tmp_path / "t.xlsx")
    assert [row for _line, _bad, row in _read(tmp_path / "t.xlsx")] == [
        ["0.3", "2026-02-28", "true", "00123", "2026-01-01 08:30:00"],
        ["1000000000000000", None, "false", "甲\u202e乙", "1999-12-31"],
    ]


def test_too_much_text_in_one_workbook(tmp_path):
    strings = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    rng = random.Random(1)
    strings += "".join(f"<si><t>{rng.random()}{'y' * 300}</t></si>" for _ in range(200_000)) + "</sst>"
    assert _why(_workbook(tmp_path / "s.xlsx", HEAD, **{"xl/sharedStrings.xml": strings})) in ("TOO_LARGE", "BOMB")


def test_a_gzip_bomb(tmp_path):
    import gzip

    path = tmp_path / "b.csv.gz"
    with gzip.open(path, "wb") as out:
        out.write(b"a,b\n")
        for _ in range(100):
            out.write((b"0" * 996 + b",0\n") * 1_000)
    assert _why(path) == "BOMB"


def test_endless_lines_and_fields(tmp_path):
    path = tmp_path / "l.csv"
    with path.open("w") as out:
        out.write("a,b\n1,2\n")
        out.write("x" * 30_000_000 + ",1\n")
        out.write("3,4\n" + "y" * 1_000_000 + ",5\n" + '6,"' + "z" * 1_000_000 + '"\n7,8\n')
    assert [(line, bad) for line, bad, _row in _read(path)] == [
        (2, None), (3, "LINE_TOO_LONG"), (4, None), (5, "FIELD_TOO_LONG"), (6, "FIELD_TOO_LONG"), (7, None),
    ]  # fmt: skip


def test_a_million_unclosed_quotes_end(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text("a,b\n" + '1,"x\n' * 3_001 + "2,y\n")
    rows = _read(path)
    assert [row for _line, bad, row in rows if bad is None] == [["2", "y"]]
    assert len(rows) == 3_002


def test_a_parquet_file_that_lies(tmp_path):
    sink = io.BytesIO()
    pq.write_table(pa.table({"a": ["x"] * 1000}), sink)
    good = sink.getvalue()
    rng = random.Random(20261123)
    for _ in range(12):
        data = bytearray(good)
        for _ in range(8):
            data[rng.randrange(4, len(data))] = rng.randrange(256)
        path = tmp_path / "p.parquet"
        path.write_bytes(bytes(data))
        try:
            rows = _read(path)
        except (FileRefused, MappingWrong):
            continue
        assert len(rows) <= 1000
    path.write_bytes(b"PAR1" + b"\x00" * 100 + (2**31 - 1).to_bytes(4, "little") + b"PAR1")
    assert _why(path) == "BROKEN_PARQUET"


def test_a_parquet_bomb_is_streamed_or_refused(tmp_path):
    path = tmp_path / "b.parquet"
    pq.write_table(pa.table({"a": pa.array(["x" * 1000]).take(pa.array([0] * 300_000))}), path, use_dictionary=True)
    assert path.stat().st_size < 100_000
    peak = _Peak()
    peak.start()
    count = 0
    with open_source(path=path, spec=SourceSpec()) as source:
        for batch in source.chunks():
            count += batch.num_rows
    peak.done = True
    assert count == 300_000
    assert peak.mib <= MIB_MAX


def test_typed_parquet_values_are_exact(tmp_path):
    path = tmp_path / "t.parquet"
    table = pa.table({
        "f": [0.1, 1e20, 1e-7, None],
        "d": pa.array([Decimal("1.10"), Decimal("-0.01"), None, Decimal(0)], pa.decimal128(18, 2)),
        "t": pa.array([datetime(2026, 1, 1), None, datetime(2026, 1, 1, 1, 2, 3), None], pa.timestamp("us")),
        "i": [2**53 + 1, -1, 0, None],
    })  # fmt: skip
    pq.write_table(table, path)
    assert [row for _line, _bad, row in _read(path)] == [
        ["0.1", "1.10", "2026-01-01", "9007199254740993"],
        ["100000000000000000000", "-0.01", None, "-1"],
        ["0.0000001", None, "2026-01-01 01:02:03", "0"],
        [None, "0.00", None, None],
    ]


def test_the_child_may_write_nothing_and_its_death_is_told(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n" + "1,2\n" * 2_000_000)
    with open_source(path=path, spec=SourceSpec()) as source:
        chunks = source.chunks()
        next(chunks)
        for child in psutil.Process().children():
            if any("intake.child" in part for part in child.cmdline()):
                child.kill()
        with pytest.raises(FileRefused) as refused:
            list(chunks)
    assert refused.value.why == "STALLED"
