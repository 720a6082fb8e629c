"""The debtor as an actor of the record: no name and no number enters it, the chain says whose it is."""

from qingshou.audit.actors import Actor, ActorKind

DEBTOR = Actor(ActorKind.CLIENT, "portal")
