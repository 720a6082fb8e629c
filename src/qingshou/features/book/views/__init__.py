"""Pages of the book: imports, the mapping wizard, the refused rows."""

from qingshou.features.book.views.imports import detail, imports
from qingshou.features.book.views.mapping import map_columns, preview_columns
from qingshou.features.book.views.refused import download_refused, refused
from qingshou.features.book.views.sending import forget, progress, send, sending

__all__ = [
    "detail",
    "download_refused",
    "forget",
    "imports",
    "map_columns",
    "preview_columns",
    "progress",
    "refused",
    "send",
    "sending",
]
