"""Kinds of file that may come from outside: how each begins, and what its name may end in."""

from qingshou.features.repayment.rules.document_kinds import media_type_of

PDF, JPEG, PNG, WEBP, HEIC = "application/pdf", "image/jpeg", "image/png", "image/webp", "image/heic"
ENDINGS = {
    PDF: ("pdf",),
    JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    PNG: ("png",),
    WEBP: ("webp",),
    HEIC: ("heic", "heif"),
}
PICTURES = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}  # as Pillow calls them
KINDS = tuple(ENDINGS)
_ENDING_CHARS_MAX = 10  # what stands behind a dot and is longer is no ending, nor is a number


def kind_of(content: bytes) -> str:
    """Return the media type by how the content begins, '' for what is not taken."""
    found = media_type_of(content)
    return found if found in ENDINGS else ""


def is_named_so(file_name: str, media_type: str) -> bool:
    """Whether a name says the same as the content; a name without an ending says nothing and is right."""
    _stem, dot, ending = file_name.strip().rpartition(".")
    if not dot or not ending.isalnum() or ending.isdigit() or len(ending) > _ENDING_CHARS_MAX:
        return True
    return ending.lower() in ENDINGS[media_type]


def renamed(file_name: str, media_type: str) -> str:
    """Return the name with the ending of what is kept: a picture may be kept in another format than it came in."""
    stem, dot, ending = file_name.strip().rpartition(".")
    if not dot or ending.lower() in ENDINGS[media_type]:
        return file_name
    return f"{stem}.{ENDINGS[media_type][0]}"
