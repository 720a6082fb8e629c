"""Calls: begun at the door, led by the script, written up once. The parts stand in files of their own."""

from qingshou.features.contact.operations.call_beginning import Begun, Exchange, abandon_call, begin_call, take_step
from qingshou.features.contact.operations.call_identity import IdentityAnswer, identity_check, pass_identity
from qingshou.features.contact.operations.call_saving import PromiseGiven, save_call
from qingshou.features.contact.operations.exchange import ExchangeEvent, take_exchange_event
from qingshou.features.contact.operations.recordings import store_recording

__all__ = [
    "Begun",
    "Exchange",
    "ExchangeEvent",
    "IdentityAnswer",
    "PromiseGiven",
    "abandon_call",
    "begin_call",
    "identity_check",
    "pass_identity",
    "save_call",
    "store_recording",
    "take_exchange_event",
    "take_step",
]
