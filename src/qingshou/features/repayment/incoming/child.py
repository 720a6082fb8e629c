"""The limited child that opens a file from outside. It can write nothing but its answer.

    python -m qingshou.features.repayment.incoming.child MEDIA_TYPE < file > answer

The answer is one JSON line, then the content to keep (nothing where it stays as it came). Memory, processor time and
files are capped by the kernel before the first byte is looked at: a bomb ends this process, never the caller.
"""

import json
import sys

from qingshou.features.book.intake.limited import limit_process
from qingshou.features.repayment.incoming.errors import FileRejected
from qingshou.features.repayment.incoming.kinds import PDF
from qingshou.features.repayment.incoming.limits import CHILD_CPU_SECONDS, CHILD_MEMORY_BYTES


def _answer(media_type: str, content: bytes) -> tuple[dict[str, str], bytes]:
    # loaded before the limit stands: what a library maps at its start is not the file's doing
    from qingshou.features.repayment.incoming.papers import ensure_still
    from qingshou.features.repayment.incoming.pictures import redrawn

    limit_process(memory_bytes=CHILD_MEMORY_BYTES, cpu_seconds=CHILD_CPU_SECONDS)
    try:
        if media_type == PDF:
            ensure_still(content)
            return {"media_type": PDF}, b""
        kept, kept_type = redrawn(content, media_type=media_type)
        return {"media_type": kept_type}, kept
    except FileRejected as error:
        return {"why": error.why, "message": error.message}, b""
    except MemoryError:
        return {
            "why": "TOO_HEAVY",
            "message": "Opening the file takes more than any sound file needs: send a plain one.",
        }, b""


def main() -> int:
    """Judge what stands on standard input."""
    told, kept = _answer(sys.argv[1], sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(told, ensure_ascii=False).encode() + b"\n" + kept)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
