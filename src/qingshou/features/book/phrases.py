"""The words of the book's codes."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "FILE_IMPORTED": _("File imported"),
    "IMPORT_FAILED": _("Import failed"),
    "MAPPING_SAVED": _("Mapping saved"),
    "REJECTS_DOWNLOADED": _("Refused rows downloaded"),
}
