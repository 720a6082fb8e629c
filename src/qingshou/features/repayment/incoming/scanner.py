"""A virus scanner asked over its own protocol: clamd's INSTREAM, by TCP or by a socket of this machine."""

import struct
from io import BytesIO
from urllib.parse import urlsplit

from clamav_client.clamd import BufferTooLongError, ClamdError, ClamdNetworkSocket, ClamdUnixSocket

from qingshou.features.repayment.incoming.errors import FileRejected, ScannerUnreachable
from qingshou.features.repayment.incoming.limits import SCANNER_SECONDS


def ensure_clean(content: bytes, *, scanner: str) -> None:
    """Have a content looked at; without a scanner set, nothing is asked.

    Takes   scanner  '', 'tcp://127.0.0.1:3310' or 'unix:///run/clamav/clamd.ctl'
    Stops   FileRejected        INFECTED; TOO_LARGE for the scanner's own limit
            ScannerUnreachable  it does not answer, or not with a verdict
    """
    if not scanner:
        return
    try:
        ((status, _name),) = (_client(scanner).instream(BytesIO(content)) or {"": ("", None)}).values()
    except BufferTooLongError:
        raise FileRejected(
            "The file is larger than we take, or a picture with too many pixels: send a smaller one.", why="TOO_LARGE"
        ) from None
    except (ClamdError, OSError, struct.error, UnicodeDecodeError):
        raise _unreachable() from None
    if status == "FOUND":
        raise FileRejected("The virus scanner found something in the file: it was not kept.", why="INFECTED")
    if status != "OK":
        raise _unreachable()


def _client(scanner: str) -> ClamdNetworkSocket:
    parts = urlsplit(scanner)
    if parts.scheme == "unix":
        return ClamdUnixSocket(path=parts.path, timeout=SCANNER_SECONDS)
    return ClamdNetworkSocket(host=parts.hostname or "127.0.0.1", port=parts.port or 3310, timeout=SCANNER_SECONDS)


def _unreachable() -> ScannerUnreachable:
    return ScannerUnreachable("The virus scanner does not answer, so nothing was kept: try again in a few minutes.")
