"""What a document may be: told by how it begins, never by what it says of itself."""

DOCUMENT_KINDS = ("INCOME_PROOF", "AGREEMENT", "SIGNED_AGREEMENT", "HARDSHIP_PROOF", "DISPUTE", "RECEIPT", "OTHER")
BYTES_MAX = 20 << 20
# media type, at which byte, how it begins there
_BEGINNINGS = (
    ("application/pdf", 0, b"%PDF-"),
    ("image/jpeg", 0, b"\xff\xd8\xff"),
    ("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    ("image/webp", 8, b"WEBP"),
    ("image/heic", 4, b"ftypheic"),
    ("image/heic", 4, b"ftypmif1"),
)
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ZIP = b"PK\x03\x04"


def media_type_of(content: bytes, *, is_ours: bool = False) -> str:
    """Return the media type of a document we keep, or '' for one we do not.

    Takes   is_ours  made by us: Word files are kept too; from outside they are not, they may carry macros
    """
    for name, at, begins in _BEGINNINGS:
        if content[at : at + len(begins)] == begins:
            return name
    return _DOCX if is_ours and content.startswith(_ZIP) else ""
