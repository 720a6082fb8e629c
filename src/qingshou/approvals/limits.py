"""Limits of approval as data: the defaults in limits.yaml, and what a lender sets instead."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

import jsonschema
import yaml

from qingshou.approvals.rules import UNLIMITED, Limit
from qingshou.kernel.lender_settings import SettingsUnfit, part_of

ANY_KIND = "*"


class UnfitLimits(SettingsUnfit):
    """A lender's table of limits cannot be used."""

    code = "UNFIT_LIMITS"


@lru_cache(maxsize=1)
def _defaults() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(files(__package__).joinpath("limits.yaml").read_text("utf-8"))
    check(loaded)
    return loaded


def check(table: object) -> None:
    """Stop with UnfitLimits when a table of limits does not have its form."""
    schema = json.loads(files(__package__).joinpath("limits.schema.json").read_text("utf-8"))
    try:
        jsonschema.validate(table, schema)
    except jsonschema.ValidationError as error:
        place = "/".join(str(part) for part in error.absolute_path)
        raise UnfitLimits(
            f"The approval limits are wrong at '{place}': {error.message}.", key="approval_limits"
        ) from None


def limits_of(settings: Mapping[str, Any], kind: str) -> dict[str, Limit]:
    """Return role -> limit for a kind of request.

    Takes   settings  the lender's settings; "approval_limits" takes the place of the defaults kind by kind
    """
    own = part_of(settings, "approval_limits")
    check(dict(own))
    table = {**_defaults(), **own}
    row = table.get(kind, table.get(ANY_KIND, {}))
    return {role: UNLIMITED if text == "unlimited" else Decimal(text) for role, text in row.items()}
