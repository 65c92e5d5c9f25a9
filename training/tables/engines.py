"""Where the Ibis expressions run: DuckDB on this machine, or Apache Spark for a portfolio that outgrows it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import ibis
import sqlglot as sg
from ibis.backends.sql import SQLBackend
from ibis.backends.sql.compilers.base import SQLGlotCompiler

from scoring.errors import EngineError, TableError

# For reading text and checking all columns of a table at once. Above it, DuckDB spills to disk.
MEMORY_LIMIT = "4GB"
# For all that follows, by thread, twice the least that DuckDB wants: memory grows with threads, not with the tables.
MEBIBYTES_PER_THREAD = 256
LOCAL_MASTER = "local[*]"
LOGGING = Path(__file__).with_name("spark-log4j2.properties")
QUIET = {
    "spark.app.name": "credit-scoring",
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={LOGGING}",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
# One machine: no network, twice as many partitions as usual cores instead of 200, and memory as for DuckDB.
LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "4g",
    "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
}
FILE = "file "
RAN_OUT = ("No space left on device", "File too large", "OutOfMemoryError")

Connect = Callable[[Path], SQLBackend]


def duckdb_connection(scratch: Path) -> SQLBackend:
    """DuckDB within `MEMORY_LIMIT`, spilling into `scratch`, which is removed with the connection."""
    connection = ibis.duckdb.connect(memory_limit=MEMORY_LIMIT, temp_directory=str(scratch))
    # A query names a file once for each column that it asks about: its footer is read once all the same.
    connection.raw_sql("SET parquet_metadata_cache = true")
    weakref.finalize(connection, shutil.rmtree, scratch)
    return connection


def bound_memory(connection: SQLBackend) -> None:
    """From now on, DuckDB stays within `MEBIBYTES_PER_THREAD`; Spark has limits of its own."""
    if connection.name != "duckdb":
        return
    (threads,) = connection.raw_sql("SELECT current_setting('threads')").fetchone()
    limit = threads * MEBIBYTES_PER_THREAD
    connection.raw_sql(f"SET memory_limit = '{limit} MiB'")
    # Sorting and aggregating spill at a quarter of it: several at once would use it up with what they cannot spill.
    connection.raw_sql(f"SET operator_memory_limit = '{limit // 4} MiB'")


def spark_connection(scratch: Path, master: str | None = None) -> SQLBackend:
    """Apache Spark: the session that there is, or one of its own, which ends with the connection, as does `scratch`.

    Args:
        scratch: for Spark's own files, if it runs on this machine.
        master: of a new session; None: what spark-submit was given, or every core of this machine.

    Raises:
        EngineError: pyspark or Java is missing, or the master cannot be reached.
    """
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EngineError(
            "--engine spark: pyspark is not installed. Install it: pip install -r requirements-spark.txt"
        ) from error
    found, on_interrupt = SparkSession.getActiveSession(), signal.getsignal(signal.SIGINT)
    try:
        session = found or SparkSession.builder.config(map=_settings(scratch, master)).getOrCreate()
    except (PySparkException, Py4JError) as error:
        raise _no_session(error, master) from error
    # Spark's own handler calls Java in the middle of a call, fails, and swallows Ctrl-C.
    signal.signal(signal.SIGINT, on_interrupt)
    connection = ibis.pyspark.connect(session)
    connection.compiler = _spark_compiler()
    weakref.finalize(connection, _end, None if found else session, scratch)
    return connection


def _spark_compiler() -> SQLGlotCompiler:
    """Ibis's compiler, corrected where Spark would differ from DuckDB (seen with ibis 12.0)."""
    from ibis.backends.sql.compilers.pyspark import PySparkCompiler

    class Compiler(PySparkCompiler):
        def visit_NonNullLiteral(self, op, *, value, dtype):  # type: ignore[no-untyped-def]  # noqa: N802
            """A fraction is a double: Spark takes 365.25 for a decimal and rounds an integer divided by it."""
            literal = super().visit_NonNullLiteral(op, value=value, dtype=dtype)
            return self.cast(literal, dtype) if dtype.is_floating() else literal

        def visit_IsInf(self, op, *, arg):  # type: ignore[no-untyped-def]  # noqa: N802
            """Ibis compares its own syntax trees here, which is never true."""
            return sg.or_(arg.eq(self.POS_INF), arg.eq(self.NEG_INF))

    return Compiler()


def _settings(scratch: Path, master: str | None) -> dict[str, Any]:
    """Of a new session. spark-submit has started Java already, with a master and settings that stand."""
    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if master is None and submitted:
        return QUIET
    master = master or LOCAL_MASTER
    local = LOCAL | {"spark.local.dir": str(scratch)} if master.startswith("local") else {}
    return {"spark.master": master} | QUIET | local


def _no_session(error: Exception, master: str | None) -> EngineError:
    # Without Java, or with an invalid master, Spark's launcher says why and exits.
    reason = "its own words are above" if "JAVA_GATEWAY_EXITED" in str(error) else first_words(error)
    return EngineError(
        f"--spark-master {master or LOCAL_MASTER}: Spark does not start ({reason}). It needs Java 17 (Debian: "
        f"apt-get install openjdk-17-jre-headless; JAVA_HOME if it is in an unusual place) and a master such as "
        f"local[*] or spark://HOST:7077 that can be reached."
    )


def _end(session: Any, scratch: Path) -> None:
    if session is not None:
        session.stop()
    shutil.rmtree(scratch)


def engine_errors() -> tuple[type[Exception], ...]:
    """The exceptions of DuckDB and, once it is started, of Spark."""
    if "pyspark" not in sys.modules:
        return (duckdb.Error,)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return (duckdb.Error, PySparkException, Py4JError)


def first_words(error: Exception) -> str:
    """An engine's error on one line, without its advice and traces."""
    return re.split(r"\n\n|\n\s+at ", str(error))[0].replace("\n", " ")[:300]


def ran_out(error: Exception) -> bool:
    """Whether memory or disk ran out."""
    return isinstance(error, duckdb.OutOfMemoryException) or any(words in str(error) for words in RAN_OUT)


def failure(error: Exception, scratch: Path) -> EngineError:
    """The error of an engine that spills into `scratch`, with a remedy."""
    if ran_out(error):
        return EngineError(
            f"memory or disk ran out ({first_words(error)}). Make room in {scratch.parent}, or name another folder "
            f"for temporary files in TMPDIR."
        )
    return EngineError(f"the tables cannot be read to their end ({first_words(error)}). Export them again.")


def named(file: str) -> str:
    """The name under which DuckDB knows the Parquet of a table's file, so that `damaged_file` can find it again."""
    return f"{FILE}{file}"


def damaged_file(connection: SQLBackend) -> str | None:
    """The first of the files that a DuckDB connection knows of which some value cannot be read; None if there is none.

    The checks of a table rest on what Parquet keeps beside the values: damage among the values shows later.
    """
    if connection.name != "duckdb":
        return None
    # Not by list_tables, which ibis 12.0 cannot do on DuckDB 2.0.
    for (name,) in connection.raw_sql("SELECT view_name FROM duckdb_views() ORDER BY view_name").fetchall():
        if name.startswith(FILE):
            table = connection.table(name)
            try:
                table.agg(**{column: table[column].hash().max() for column in table.columns}).execute()
            except duckdb.Error:
                return name.removeprefix(FILE)
    return None


@contextmanager
def running(scratch: Path, connection: SQLBackend) -> Iterator[None]:
    """Converts errors of an engine that spills into `scratch`.

    Raises:
        EngineError: memory or disk do not suffice, or a table cannot be read to its end.
        TableError: a file is damaged; the message names it.
    """
    try:
        yield
    except engine_errors() as error:
        if not ran_out(error) and (file := damaged_file(connection)):
            raise TableError(
                f"{file}: no column can be read: the file is cut short or damaged. Copy it or export it again."
            ) from error
        raise failure(error, scratch) from error
