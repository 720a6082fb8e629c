"""Spark: the same frames on a cluster, or on `local[2]` for a test.

A session is dear to start (seconds) and one process has at most one: engines opened later with the same master share
it, and the last one closed leaves it running unless told to stop.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa
from narwhals.dtypes import DType

from qingshou.engine.landing import landing
from qingshou.engine.plan import Frame, Limits, StringOrPath, cast_columns, existing, format_of, parts_of
from qingshou.kernel.errors import Misconfigured

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Errors only, on stderr, and none of the JVM's greetings.
_LOGGING = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n
logger.hadoop.name = org.apache.hadoop.util.NativeCodeLoader
logger.hadoop.level = off
"""


def require_java() -> str:
    """Return the Java program Spark will use, or say plainly that there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        raise Misconfigured(
            "Spark needs a Java runtime (17 or newer) and none was found: install one (Debian: "
            "apt-get install openjdk-17-jre-headless) or set JAVA_HOME, or use the engine duckdb."
        )
    return java


class SparkEngine:
    """Frames run by a Spark session: small, quiet, in UTC, strict about types."""

    name = "spark"

    def __init__(self, *, master: str, limits: Limits) -> None:
        require_java()
        self._session = _session(master, limits)

    def scan(self, path: StringOrPath, *, columns: Mapping[str, DType] | None = None) -> Frame:
        """Scan Parquet, or CSV as text that is then cast."""
        if format_of(path) == "parquet":
            frame = self._session.read.parquet(*parts_of(path))
        else:
            frame = self._session.read.csv(str(existing(path)), header=True, inferSchema=False, mode="FAILFAST")
        return cast_columns(nw.from_native(frame), columns)

    def frame(self, table: pa.Table) -> Frame:
        """Wrap an Arrow table."""
        return nw.from_native(self._session.createDataFrame(table))

    def keep(self, frame: Frame) -> Frame:
        """Compute once and keep it in Spark's own storage, on disk when memory is short."""
        native: DataFrame = nw.to_native(frame)
        return nw.from_native(native.persist())

    def collect(self, frame: Frame) -> pa.Table:
        """Compute into Arrow."""
        native: DataFrame = nw.to_native(frame)
        table: pa.Table = native.toArrow()
        return table

    def sink(self, frame: Frame, path: StringOrPath, *, order_by: Sequence[str] = ()) -> None:
        """Write one file: Spark writes a folder with one part, which is then moved into place."""
        native: DataFrame = nw.to_native(frame)
        if order_by:
            native = native.orderBy(*order_by)
        kind = format_of(path)
        with landing(path) as draft, tempfile.TemporaryDirectory(dir=draft.parent, prefix=".spark-") as folder:
            out = str(Path(folder) / "out")
            writer = native.coalesce(1).write
            if kind == "parquet":
                writer.parquet(out)
            else:
                writer.csv(out, header=True, emptyValue="", nullValue="")
            (part,) = Path(out).glob("part-*")
            os.replace(part, draft)

    def close(self) -> None:
        """Forget what was kept; the session stays for the next engine of this process."""
        self._session.catalog.clearCache()


def stop_spark() -> None:
    """Stop the process's Spark session, if there is one, and its Java process."""
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None:
        running.stop()


def _session(master: str, limits: Limits) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise Misconfigured("Spark is not installed: pip install 'qingshou[spark]', or use the engine duckdb.") from (
            missing
        )
    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    work = tempfile.mkdtemp(prefix="qingshou-spark-", dir=limits.spill_dir)
    logging_file = Path(work) / "log4j2.properties"
    logging_file.write_text(_LOGGING, encoding="utf-8")
    settings: dict[str, Any] = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": f"{limits.memory_mib}m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile=file:{logging_file} -XX:+UseSerialGC "
        f"-Dderby.system.home={work} -Djava.io.tmpdir={work}",
        "spark.local.dir": work,
        "spark.sql.warehouse.dir": work,
        "spark.sql.shuffle.partitions": "4" if master.startswith("local") else "auto",
        "spark.default.parallelism": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    if not master.startswith("local"):
        for local_only in (
            "spark.driver.host",
            "spark.driver.bindAddress",
            "spark.sql.shuffle.partitions",
            "spark.default.parallelism",
            "spark.local.dir",
        ):
            del settings[local_only]
    builder = SparkSession.builder.master(master).appName("qingshou")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
