"""A file from outside judged: by its content, its name, a virus scanner where one is set, and a child that opens it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import qingshou
from qingshou.features.repayment.incoming.errors import FileRejected
from qingshou.features.repayment.incoming.kinds import KINDS, is_named_so, kind_of, renamed
from qingshou.features.repayment.incoming.limits import CHILD_WALL_SECONDS
from qingshou.features.repayment.incoming.scanner import ensure_clean


@dataclass(frozen=True, slots=True)
class Judged:
    """What is kept of a file: a PDF as it came, a picture drawn anew."""

    content: bytes = field(repr=False)
    media_type: str
    file_name: str = field(repr=False)


def judge_file(
    *, content: bytes, file_name: str, bytes_max: int, media_types: tuple[str, ...] = KINDS, scanner: str = "",
) -> Judged:  # fmt: skip
    """Judge a file from outside; nothing that a sender says of it is believed.

    Takes   content      all of it, read up to one byte beyond `bytes_max`
            media_types  those taken here
            scanner      address of a clamd, '' for none
    Stops   FileRejected        EMPTY, TOO_LARGE, WRONG_TYPE, NAME_DIFFERS, INFECTED, BROKEN, ENCRYPTED, HOSTILE,
                                TOO_HEAVY
            ScannerUnreachable  a scanner is set and gives no verdict
    """
    if not content:
        raise FileRejected("The file is empty: choose another one.", why="EMPTY")
    if len(content) > bytes_max:
        raise FileRejected(
            "The file is larger than we take, or a picture with too many pixels: send a smaller one.", why="TOO_LARGE"
        )
    media_type = kind_of(content)
    if not media_type or media_type not in media_types:
        raise FileRejected("We keep PDF files and pictures (JPEG, PNG, WebP, HEIC): save it as one of these.",
                           why="WRONG_TYPE")  # fmt: skip
    if not is_named_so(file_name, media_type):
        raise FileRejected("The ending of the file's name is not that of its content: save it again.",
                           why="NAME_DIFFERS")  # fmt: skip
    ensure_clean(content, scanner=scanner)
    told, kept = _opened(content, media_type)
    if "why" in told:
        raise FileRejected(told["message"], why=told["why"])
    return Judged(kept or content, told["media_type"], renamed(file_name, told["media_type"]))


def _opened(content: bytes, media_type: str) -> tuple[dict[str, str], bytes]:
    """Open the content in the limited child; a child that dies has met a file no sound sender makes."""
    environment = {
        "PATH": os.defpath, "PYTHONPATH": str(Path(qingshou.__file__).parent.parent), "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", "qingshou.features.repayment.incoming.child", media_type]
    try:
        done = subprocess.run(command, input=content, capture_output=True, env=environment, check=False,
                              timeout=CHILD_WALL_SECONDS)  # fmt: skip
    except subprocess.TimeoutExpired:
        return _died()
    line, _newline, kept = done.stdout.partition(b"\n")
    if done.returncode != 0 or not line:
        return _died()
    told: dict[str, str] = json.loads(line)
    return told, kept


def _died() -> tuple[dict[str, str], bytes]:
    return {
        "why": "TOO_HEAVY",
        "message": "Opening the file takes more than any sound file needs: send a plain one.",
    }, b""
