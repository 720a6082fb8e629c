"""Words of documents: their kinds, and what is recorded of them."""

from django.utils.translation import gettext_lazy as _

from qingshou.audit.phrases import register_actions

KINDS = {
    "INCOME_PROOF": _("Proof of income"),
    "AGREEMENT": _("Agreement"),
    "SIGNED_AGREEMENT": _("Signed agreement"),
    "HARDSHIP_PROOF": _("Proof of hardship"),
    "DISPUTE": _("About a dispute"),
    "RECEIPT": _("Proof of payment"),
    "OTHER": _("Other document"),
}

register_actions({"DOCUMENT_FILED": _("Document filed"), "DOCUMENT_OPENED": _("Document opened")})
