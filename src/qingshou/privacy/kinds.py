"""The kinds of personal data we hold; each decides how it is normalised, masked and kept."""

from enum import StrEnum


class PersonalKind(StrEnum):
    """What a personal value is."""

    NAME = "NAME"
    NATIONAL_ID = "NATIONAL_ID"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    ADDRESS = "ADDRESS"
    BIRTH_DATE = "BIRTH_DATE"
    EMPLOYER = "EMPLOYER"
    NOTE = "NOTE"
