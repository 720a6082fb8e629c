"""What the contact pages say when the door or an operation refuses."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from qingshou.features.cases.views import shown
from qingshou.features.contact.errors import ContactRefused
from qingshou.features.contact.phrases.door import reason_lines
from qingshou.features.contact.rules.codec import reasons_of_json
from qingshou.kernel.errors import QingshouError


def tell_refusal(request: HttpRequest, refusal: QingshouError) -> None:
    """Say why something was refused, each reason of the door with its articles on a line of its own.

    What is not there or not one's own stops the page instead.
    """
    if not isinstance(refusal, ContactRefused):
        shown.tell_refusal(request, refusal)
        return
    reasons: Any = refusal.fields["reasons"]
    for words, articles in reason_lines(reasons_of_json(reasons)):
        messages.error(request, f"{words} {articles}".strip())
