"""What a page says when an operation refuses."""

from django.contrib import messages
from django.http import HttpRequest

from qingshou.access.phrases import ERRORS
from qingshou.kernel.errors import QingshouError


def tell(request: HttpRequest, error: QingshouError) -> None:
    """Show why an operation refused, in the language in force."""
    words = ERRORS.get(error.code)
    messages.error(request, str(words) if words else error.message)
