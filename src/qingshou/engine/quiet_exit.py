"""Let the interpreter end without DuckDB's binding printing on stderr.

DuckDB 2.0's binding reports every type object still alive at exit as a leak, and narwhals holds some in tables of its
modules; the report (30 lines) would bury a command's own messages. The tables are emptied when the process ends.
"""

import atexit
import gc
import sys


@atexit.register
def _let_go_of_types() -> None:
    sqltypes = sys.modules.get("_duckdb._sqltypes")
    kind = getattr(sqltypes, "DuckDBPyType", None)
    if kind is None:
        return
    for name, module in list(sys.modules.items()):
        if not name.startswith(("duckdb", "narwhals._duckdb")):
            continue
        for key, value in list(vars(module).items()):
            if value is kind or isinstance(value, kind):
                delattr(module, key)
            elif isinstance(value, dict) and any(isinstance(one, kind) for one in value.values()):
                value.clear()
    gc.collect()
