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

# why a document from outside was not kept
REFUSED = {
    "DOCUMENT_EMPTY": _("The file is empty: choose another one."),
    "DOCUMENT_TOO_LARGE": _("The file is larger than we take, or a picture with too many pixels: send a smaller one."),
    "DOCUMENT_WRONG_TYPE": _("We keep PDF files and pictures (JPEG, PNG, WebP, HEIC): save it as one of these."),
    "DOCUMENT_NAME_DIFFERS": _("The ending of the file's name is not that of its content: save it again."),
    "DOCUMENT_BROKEN": _("The file is broken: save it again, or take a photograph."),
    "DOCUMENT_ENCRYPTED": _("The PDF is locked: save it without a password."),
    "DOCUMENT_HOSTILE": _("The PDF holds something that starts by itself: print it to a plain PDF."),
    "DOCUMENT_TOO_HEAVY": _("Opening the file takes more than any sound file needs: send a plain one."),
    "DOCUMENT_INFECTED": _("The virus scanner found something in the file: it was not kept."),
    "DOCUMENT_NO_SCAN": _("The virus scanner does not answer, so nothing was kept: try again in a few minutes."),
}

register_actions({"DOCUMENT_FILED": _("Document filed"), "DOCUMENT_OPENED": _("Document opened")})
