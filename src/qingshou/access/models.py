"""Users and teams."""

import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

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
