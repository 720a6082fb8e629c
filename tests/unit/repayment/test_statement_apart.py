"""A file read in the limited child is the file read here; a child that ends is a refusal."""

import json
import pickle
import signal
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.repayment.statement_makers import as_camt, as_mt940, as_table, bookings

from qingshou.features.book.intake.errors import MappingWrong
from qingshou.features.repayment.statements.apart import read_statement_apart
from qingshou.features.repayment.statements.errors import StatementRefused
from qingshou.features.repayment.statements.opening import read_statement
from qingshou.features.repayment.statements.table_mapping import read_mapping


@given(
    lines=bookings(),
    opening=st.integers(-10_000, 10_000).map(Decimal),
    maker=st.sampled_from([as_camt, as_mt940, as_table]),
)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_it_is_the_same_file(tmp_path, lines, opening, maker):
    path = tmp_path / "file"
    path.write_bytes(maker(lines, opening))
    given = {"path": path, "name": "x", "account": "6222", "currency": "CNY", "row_key": b"secret"}
    assert read_statement_apart(**given) == read_statement(**given)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html/>", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"%PDF-1.7", b"a,b\n1,2\n",
     b":20:x\n:25:1\n", b"\x1f\x8b broken", b"PK\x03\x04 broken"],
)  # fmt: skip
def test_a_refusal_is_the_same_refusal(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    said = []
    for read in (read_statement_apart, read_statement):
        with pytest.raises((StatementRefused, MappingWrong)) as refused:
            read(path=path, name="x", account="1", currency="CNY")
        said.append((refused.value.message, dict(refused.value.fields)))
    assert said[0] == said[1]


def test_rejected_rows_and_warnings_come_along(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("记账日期,收入,支出,余额\n2026-01-05,1.00,,1.00\n2026-01-05,x,,9.00\n2026-01-06,1.00,,7.00\n")
    given = {"path": path, "name": "x", "account": "6222", "currency": "CNY"}
    apart = read_statement_apart(**given)
    assert apart == read_statement(**given)
    assert (len(apart.rejected), [one.code for one in apart.warnings]) == (1, ["BALANCE_DIFFERS"])


def ended(path, **limits):
    """Run the child with other limits; gives how it ended and the last it said."""
    words = "; ".join(f"child.{name} = {value}" for name, value in limits.items()) or "pass"
    code = f"from qingshou.features.repayment.statements import child; {words}; raise SystemExit(child.main())"
    request = {"path": path, "mapping": read_mapping(None), "account": "1", "currency": "CNY"}
    done = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(request), capture_output=True, check=False)
    return done.returncode, json.loads((done.stdout.splitlines() or [b"[]"])[-1])[:2]


def test_too_much_memory_or_time_ends_the_child(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("记账日期,收入,附言\n" + f"2026-01-05,1.00,{'x' * 900}\n" * 16_000)
    assert ended(path)[1][0] == "end"
    # said where there is memory left to say it; else the child is gone without an end, which is a refusal too
    assert ended(path, CHILD_MEMORY_BYTES=20 << 20)[1] in (["refused", "TOO_MUCH_MEMORY"], [])
    assert ended(path, CHILD_CPU_SECONDS=1)[0] in (-signal.SIGXCPU, -signal.SIGKILL)
