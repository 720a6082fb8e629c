"""Words of messages: states, why one was cancelled or failed, and what was done with them."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qingshou.audit.phrases import register_actions

ACTIONS = {
    "MESSAGE_QUEUED": _("Message put into the outbox"),
    "MESSAGE_CANCELLED": _("Message taken back before it left"),
    "MESSAGE_SENT": _("Message handed to the provider"),
    "MESSAGE_DELIVERED": _("Message delivered"),
    "MESSAGE_READ": _("Message read"),
    "MESSAGE_REPLIED": _("Message answered"),
    "MESSAGE_FAILED": _("Message failed"),
    "MESSAGE_BOUNCED": _("Message came back"),
    "MESSAGE_UNCERTAIN": _("Answer of the provider lost"),
    "MESSAGE_REQUEUED": _("The provider never received the message: queued again"),
    "MESSAGE_DECIDED": _("Said by a person whether the message arrived"),
    "LETTERS_GATHERED": _("Letters put together for the post"),
    "LETTERS_POSTED": _("Letters posted"),
    "LETTERS_OPENED": _("Letters downloaded for printing"),
    "LETTER_NUMBERED": _("Registered number of a letter noted"),
}
register_actions(ACTIONS)

STATES: dict[str, Promise] = {
    "QUEUED": pgettext_lazy("message", "Queued"),
    "SENDING": pgettext_lazy("message", "Being sent"),
    "SENT": pgettext_lazy("message", "Sent"),
    "DELIVERED": pgettext_lazy("message", "Delivered"),
    "READ": pgettext_lazy("message", "Read"),
    "REPLIED": pgettext_lazy("message", "Answered"),
    "FAILED": pgettext_lazy("message", "Failed"),
    "BOUNCED": pgettext_lazy("message", "Came back"),
    "CANCELLED": pgettext_lazy("message", "Taken back"),
    "UNCERTAIN": pgettext_lazy("message", "Uncertain"),
}
TONES = {
    "DELIVERED": "good", "READ": "good", "REPLIED": "good", "FAILED": "bad", "BOUNCED": "bad", "UNCERTAIN": "note",
}  # fmt: skip

# why a message is where it is; a provider's own code is shown as it is
ERRORS: dict[str, Promise] = {
    "TOO_LATE": _("It was not sent in its time"),
    "BY_HAND": _("Taken back by a person"),
    "CAMPAIGN_STOPPED": _("Its campaign was stopped"),
    "REFUSED": _("No longer allowed"),
    "GIVEN_UP": _("The provider could not be reached"),
    "REJECTED": _("The provider refused it"),
    "NO_ADDRESS": _("There is no number or address"),
    "ANSWER_LOST": _("The provider's answer was lost"),
    "SENDER_DIED": _("The sender stopped in the middle"),
    "STOPPED_IN_PILE": _("A stop came before it was posted"),
}


def state_words(message: Any) -> Any:
    """Return a message's state in words; a letter that is in hand lies printed in its pile."""
    if message.channel == "POST" and message.state == "SENDING":
        return pgettext_lazy("letter", "Printed")
    return STATES.get(message.state, message.state)
