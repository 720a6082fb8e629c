"""Users and teams."""

import uuid

import rules
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from qingshou.access.roles import Role
from qingshou.tenancy.models import TenantRow


class Team(TenantRow):
    """A desk: collectors who share a queue and a lead."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    branch = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes and finds users; names are unique over all lenders, so that a sign-in names one person."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser, TenantRow):
    """A person who signs in, for one lender, in one role."""

    found_before_sign_in = True  # the row policy lets the sign-in scope look users up

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    display_name = models.CharField(max_length=100)
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    is_present = models.BooleanField(default=True)
    # cases a person can carry, and what they are fit for (product or severity codes); used when work is dealt
    capacity_cases = models.PositiveIntegerField(default=150)
    skills = models.JSONField(default=list, blank=True)
    must_change_password = models.BooleanField(default=False)
    joined_at = models.DateTimeField(null=True)
    temporary_password_until = models.DateTimeField(null=True)
    # raised to end all of a user's sessions: it is part of what each session is checked against
    session_epoch = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    objects = UserManager()

    class Meta:
        indexes = [models.Index(fields=["tenant", "role"], name="user_by_role")]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.display_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        return salted_hmac(
            "qingshou.access.session", f"{self.session_epoch}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()

    # --- what the record and the predicates ask of whoever is signed in (API clients answer the same)
    actor_kind = "USER"

    def has_perm(self, permission: str, obj: object = None) -> bool:
        """Whether the user may do this (to this thing, or to any such thing at all)."""
        return bool(rules.has_perm(permission, self, obj))


class ApiClient(TenantRow):
    """Another system that may call the interface: a role, a few scopes and a token of which only the hash is kept."""

    found_before_sign_in = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    secret_hash = models.CharField(max_length=64)
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    scopes = models.JSONField(default=list)
    # whose cases it works, where its role works those of a desk; None: it reads and writes none of a desk's
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="api_client_name_once")]

    def __str__(self) -> str:
        return self.name
