"""Contact over REST: one router under `/contacts`."""

from ninja import Router

from qingshou.features.contact.api.door import router as door
from qingshou.features.contact.api.messages import router as messages
from qingshou.features.contact.api.wishes import router as wishes

contacts = Router(tags=["contacts"])
contacts.add_router("", door)
contacts.add_router("", wishes)
contacts.add_router("", messages)
