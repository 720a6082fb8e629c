"""The person behind one or several debtors: one budget of contact, one set of stops, whatever the debt."""

import uuid

from django.db import models
from django.db.models import Q

from qingshou.privacy.fields import SealedField
from qingshou.privacy.kinds import PersonalKind
from qingshou.tenancy.models import TenantRow


class ContactPerson(TenantRow):
    """A person of one lender: the row that every clearance locks first.

    `key` says what makes two debtors one person: "N:" and the blind index of the identity number, or "B:" and the
    borrower's id where no number is known. `id` is uuid5(tenant, person:key).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=80)
    language = models.CharField(max_length=10, blank=True)  # as the person asked; '' follows the tape
    time_zone = models.CharField(max_length=60, blank=True)  # as the person said; '' follows the tape
    preferred_channel = models.CharField(max_length=10, blank=True)
    # hours the person asked for, by the local clock, minutes of the day; null: none asked for
    asked_from_minute = models.PositiveSmallIntegerField(null=True)
    asked_until_minute = models.PositiveSmallIntegerField(null=True)
    is_minor = models.BooleanField(default=False)
    # an attorney who acts, as our people noted it
    attorney = SealedField(PersonalKind.NOTE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="contact_person_once")]


class PersonLink(TenantRow):
    """Which person a debtor is."""

    borrower = models.OneToOneField("book.Borrower", on_delete=models.PROTECT, primary_key=True, related_name="+")
    person = models.ForeignKey(ContactPerson, on_delete=models.PROTECT, related_name="links")


class StopPlaced(TenantRow):
    """A stop on a person: since when, until when, for which channel and debt. Lifted, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(ContactPerson, on_delete=models.PROTECT, related_name="stops")
    kind = models.CharField(max_length=20)  # law.contact.terms.Stop
    channel = models.CharField(max_length=10, blank=True)  # '': every channel
    loan = models.ForeignKey("book.Loan", null=True, on_delete=models.PROTECT, related_name="+")  # null: every debt
    # the number of a third person or a workplace it stands for; null: the person as such
    point_index = models.BinaryField(null=True)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=30, blank=True)  # REPLY, CALL, PORTAL, COURT, STAFF ...
    note = SealedField(PersonalKind.NOTE)
    document_hash = models.CharField(max_length=64, blank=True)
    placed_by = models.CharField(max_length=60)
    placed_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=60, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person"], condition=Q(lifted_at__isnull=True), name="stop_in_force"),
            models.Index(fields=["tenant", "kind", "placed_at"], name="stop_by_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gt=models.F("from_at")), name="stop_ends_after_start"
            )
        ]


class Consent(TenantRow):
    """Consent given or withdrawn: the newest row of a kind and channel holds. Never changed."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(ContactPerson, on_delete=models.PROTECT, related_name="consents")
    # CHANNEL (use this channel), HOURS (outside the hours), CALLS (more calls than the counters), WORKPLACE, RECORDING
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=10, blank=True)
    loan = models.ForeignKey("book.Loan", null=True, on_delete=models.PROTECT, related_name="+")
    is_given = models.BooleanField()
    at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    source = models.CharField(max_length=30)
    given_by = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["person", "kind", "-at"], name="consent_of_person")]


class PointState(TenantRow):
    """What we learned of a number or address of a debtor: whose it is, where, and whether it may still be used.

    By the value's blind index, not by the book's row: a tape that delivers the same number again changes nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    borrower = models.ForeignKey("book.Borrower", on_delete=models.PROTECT, related_name="+")
    point_index = models.BinaryField()
    party = models.CharField(max_length=10, default="DEBTOR")  # law.contact.terms.Party
    place = models.CharField(max_length=10, default="UNKNOWN")  # law.contact.terms.Place
    is_struck = models.BooleanField(default=False)
    struck_reason = models.CharField(max_length=30, blank=True)  # WRONG_PERSON, INVALID, BOUNCED, ASKED
    zones = models.CharField(max_length=200, blank=True)  # IANA names, by comma; '': not looked up or unknown
    employer_forbids = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True)  # last known to be the debtor's (reply, conversation, registry)
    changed_by = models.CharField(max_length=60)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["borrower", "point_index"], name="point_state_once")]
