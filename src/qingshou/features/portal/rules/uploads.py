"""What a debtor may send: told by its content, and nothing that could act when it is opened."""

import re

from qingshou.features.portal.rules.policy import PortalPolicy
from qingshou.features.repayment.rules.document_kinds import media_type_of

PIXELS_MAX = 100_000_000
# names in a PDF that start something: scripts, programs, files carried along, forms sent away
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|XFA|Encrypt)\b")
# a picture or paper that is a page or a program at once
_DISGUISE = re.compile(rb"<\s*(script|html|svg|!doctype)|^PK\x03\x04|\x4d\x5a\x90\x00", re.IGNORECASE)
_HEAD_BYTES = 4096


def problem_of(content: bytes, *, policy: PortalPolicy) -> str:
    """Return what is wrong with a file, or ''.

    Gives   EMPTY, TOO_LARGE, WRONG_TYPE (not what the policy takes, by its content), HOSTILE (it would act when opened)
    """
    if not content:
        return "EMPTY"
    if len(content) > policy.upload_bytes_max:
        return "TOO_LARGE"
    media_type = media_type_of(content)
    if media_type not in policy.upload_types:
        return "WRONG_TYPE"
    if _DISGUISE.search(content[:_HEAD_BYTES]):
        return "HOSTILE"
    if media_type == "application/pdf" and _ACTIVE.search(_unescaped(content)):
        return "HOSTILE"
    if media_type == "image/png" and _png_pixels(content) > PIXELS_MAX:
        return "TOO_LARGE"
    return ""


def _unescaped(content: bytes) -> bytes:
    """Return a PDF with the escapes of its names undone: /J#61vaScript is /JavaScript."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found.group(1), 16)]), content)


def _png_pixels(content: bytes) -> int:
    return int.from_bytes(content[16:20], "big") * int.from_bytes(content[20:24], "big")
