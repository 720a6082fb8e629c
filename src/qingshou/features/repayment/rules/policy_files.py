"""Policies of repayment: the house's file, with what a lender's settings put in its place, checked by its schema."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from qingshou.kernel.lender_settings import part_of, unfit

_HERE = Path(__file__).parent / "policies"


@lru_cache(maxsize=256)
def _read(name: str, overlay: str) -> tuple[Mapping[str, Any], str]:
    raw: dict[str, Any] = yaml.safe_load((_HERE / f"{name}.yaml").read_text(encoding="utf-8"))
    merged = _merged(raw, yaml.safe_load(overlay) or {})
    schema = yaml.safe_load((_HERE / f"{name}.schema.yaml").read_text(encoding="utf-8"))
    try:
        jsonschema.validate(merged, schema)
    except jsonschema.ValidationError as wrong:
        where = ".".join(str(part) for part in wrong.absolute_path)
        raise unfit(f"repayment.{name}", f"at '{where}', {wrong.message[:200]}") from None
    digest = sha256(yaml.safe_dump(merged, sort_keys=True).encode()).hexdigest()[:12]
    return merged, f"{name}-{merged['version']}-{digest}"


def read_policy(name: str, settings: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Return a policy as plain values and its name: file, version and a hash of what is in force.

    Takes   settings  the lender's; `repayment.<name>` takes the place of the house's values, key by key
    Stops   SettingsUnfit  the settings do not fit the schema
    """
    return _read(name, yaml.safe_dump(dict(part_of(settings, "repayment", name)), sort_keys=True))


def merged_rows(table: Mapping[str, Any], *, severity: str, product: str) -> dict[str, Any]:
    """Return the values of one debt: the default, then the severity's, then the product's in their place."""
    row: dict[str, Any] = dict(table["default"])
    row |= table.get("by_severity", {}).get(severity, {})
    row |= table.get("by_product", {}).get(product, {})
    return row


def _merged(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in overlay.items():
        held = merged.get(key)
        merged[key] = _merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return merged
