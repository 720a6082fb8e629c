"""A process that limits itself before it opens a stranger's file; what is set here cannot be raised again."""

import os
import resource
from pathlib import Path


def limit_process(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Cap memory, processor time, files written and files open; the kernel holds to it.

    Takes   memory_bytes  on top of what is mapped now
    """
    mapped = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    for what, limit in (
        (resource.RLIMIT_AS, mapped + memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (limit, limit))
