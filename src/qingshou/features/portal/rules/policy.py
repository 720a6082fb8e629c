"""The policy of the debtor's page: the house's file, with what a lender's settings put in its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from qingshou.kernel.lender_settings import part_of, unfit

_HERE = Path(__file__).parent / "policies"


@dataclass(frozen=True, slots=True)
class BankAccount:
    """The account a debtor sends money to."""

    account_name: str
    account_number: str = ""
    bank_name: str = ""
    iban: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True)
class PortalPolicy:
    """What holds for one lender's page; each value is explained in policies/portal.yaml."""

    address: str
    link_days: int
    idle_minutes: int
    visit_minutes: int
    confirm_minutes: int
    code: Mapping[str, int]
    throttle: Mapping[str, int]
    code_channels: Mapping[str, str]
    link_channels: tuple[str, ...]
    answer_days: Mapping[str, int]
    call_days_ahead_max: int
    call_hours: tuple[int, ...]
    upload_bytes_max: int
    uploads_per_day: int
    upload_types: tuple[str, ...]
    bank: BankAccount | None


def portal_policy(settings: Mapping[str, Any]) -> PortalPolicy:
    """Return the policy of a lender.

    Takes   settings  the lender's; `portal` takes the place of the house's values, key by key
    Stops   SettingsUnfit  the settings do not fit the schema
    """
    return _read(yaml.safe_dump(dict(part_of(settings, "portal")), sort_keys=True))


@lru_cache(maxsize=64)
def _read(overlay: str) -> PortalPolicy:
    raw: dict[str, Any] = yaml.safe_load((_HERE / "portal.yaml").read_text(encoding="utf-8"))
    merged = _merged(raw, yaml.safe_load(overlay))
    schema = yaml.safe_load((_HERE / "portal.schema.yaml").read_text(encoding="utf-8"))
    try:
        jsonschema.validate(merged, schema)
    except jsonschema.ValidationError as wrong:
        raise unfit(".".join(("portal", *map(str, wrong.absolute_path))), wrong.message[:200]) from None
    visit, call, upload = merged["visit"], merged["call"], merged["upload"]
    return PortalPolicy(
        address=merged["address"],
        link_days=merged["link_days"],
        idle_minutes=visit["idle_minutes"],
        visit_minutes=visit["minutes"],
        confirm_minutes=visit["confirm_minutes"],
        code=merged["code"],
        throttle=merged["throttle"],
        code_channels=merged["code_channels"],
        link_channels=tuple(merged["link_channels"]),
        answer_days=merged["answer_days"],
        call_days_ahead_max=call["days_ahead_max"],
        call_hours=tuple(sorted(call["hours"])),
        upload_bytes_max=upload["bytes_max"],
        uploads_per_day=upload["files_per_day"],
        upload_types=tuple(upload["types"]),
        bank=_bank(merged["bank"]),
    )


def _bank(given: Mapping[str, str]) -> BankAccount | None:
    if not (given.get("account_number") or given.get("iban")):
        return None
    return BankAccount(**given)


def _merged(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in overlay.items():
        held = merged.get(key)
        merged[key] = _merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return merged
