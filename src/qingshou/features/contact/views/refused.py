"""What the contact pages say when the door or an operation refuses."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from qingshou.features.cases.views import shown
from qingshou.features.contact.errors import ContactRefused
from qingshou.features.contact.phrases.door import article_words, reason_words
from qingshou.features.contact.rules.codec import reasons_of_json
from qingshou.kernel.errors import QingshouError


def tell_refusal(request: HttpRequest, refusal: QingshouError) -> None:
    """Say why something was refused, each reason of the door with its article on a line of its own.

    What is not there or not one's own stops the page instead.
    """
    if not isinstance(refusal, ContactRefused):
        shown.tell_refusal(request, refusal)
        return
    reasons: Any = refusal.fields["reasons"]
    for one in reasons_of_json(reasons):
        messages.error(request, f"{reason_words(one)} {article_words(one.article)}".strip())
