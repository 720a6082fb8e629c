"""What an engine promises: files whole or not at all, formats by name, plain refusals."""

from pathlib import Path

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qingshou.engine import Limits, open_engine
from qingshou.engine.landing import landing
from qingshou.engine.plan import MONEY
from qingshou.engine.spark import require_java
from qingshou.kernel.errors import BadInput, Misconfigured, NotFound

TABLE = pa.table({"loan_id": ["b", "a"], "amount": pa.array(["2.5", "1"])})
TYPES = {"loan_id": nw.String(), "amount": MONEY}


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_sink_then_scan_gives_the_same_rows_in_the_order_asked(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"deep/file.{ending}"
    with open_engine(limits=Limits(memory_mib=256)) as engine:
        engine.sink(engine.frame(TABLE), path, order_by=["loan_id"])
        rows = engine.collect(engine.scan(path, columns=TYPES)).to_pylist()
    assert [(row["loan_id"], str(row["amount"])) for row in rows] == [("a", "1.000"), ("b", "2.500")]
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_folder_of_parts_is_one_frame(tmp_path: Path) -> None:
    for name in ("one", "two"):
        pq.write_table(TABLE, tmp_path / f"{name}.parquet")
    with open_engine() as engine:
        assert len(engine.collect(engine.scan(tmp_path))) == 4


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match="half way"), landing(target) as draft:  # noqa: PT012
        draft.write_text("new", encoding="utf-8")
        raise ValueError("half way")
    assert [one.read_text("utf-8") for one in tmp_path.iterdir()] == ["old"]


def test_work_larger_than_its_memory_spills_and_finishes(tmp_path: Path) -> None:
    """Two million distinct strings sorted in 64 MiB: the spill folder is used and removed."""
    with open_engine(limits=Limits(memory_mib=64, threads=1, spill_dir=tmp_path)) as engine:
        numbers = pa.table({"n": pa.array([f"{n * 7919 % 1_000_003:040d}" for n in range(1_000_000)])})
        engine.sink(engine.frame(numbers), tmp_path / "sorted.parquet", order_by=["n"])
    assert pq.read_metadata(tmp_path / "sorted.parquet").num_rows == 1_000_000
    assert [one.name for one in tmp_path.iterdir()] == ["sorted.parquet"]


def test_refusals_say_what_to_do(tmp_path: Path) -> None:
    with open_engine() as engine:
        with pytest.raises(NotFound, match="There is no file"):
            engine.scan(tmp_path / "absent.parquet")
        with pytest.raises(BadInput, match=r"end it with \.csv or \.parquet"):
            engine.scan(tmp_path / "book.xls")
        pq.write_table(TABLE, tmp_path / "t.parquet")
        (tmp_path / "empty").mkdir()
        with pytest.raises(BadInput, match="no column due_date: it has loan_id, amount"):
            engine.scan(tmp_path / "t.parquet", columns={"due_date": nw.Date()})
        with pytest.raises(NotFound, match="holds no Parquet part"):
            engine.scan(tmp_path / "empty")


@pytest.mark.parametrize(("name", "master"), [("sqlite", None), ("duckdb", "local[2]")])
def test_an_engine_that_is_not_there(name: str, master: str | None) -> None:
    with pytest.raises(BadInput), open_engine(name, master=master):
        pass


def test_without_java_spark_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Misconfigured, match="needs a Java runtime"):
        require_java()
