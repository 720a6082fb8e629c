"""Which clocks a person lives by: what they said, else where they live; and beside it where the number belongs."""

from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from qingshou.law.contact.regions import region_code

# the country a number without a prefix is read in
COUNTRY = {
    "china": "CN", "taiwan": "TW", "hongkong": "HK", "india": "IN", "uk": "GB", "us": "US", "brazil": "BR",
    "philippines": "PH", "indonesia": "ID", "mexico": "MX", "colombia": "CO", "chile": "CL", "korea": "KR",
    "thailand": "TH", "vietnam": "VN", "japan": "JP", "nigeria": "NG", "kenya": "KE",
}  # fmt: skip


def zones_of_person(
    *, said: str, on_tape: str, jurisdiction: str, region: str, of_number: tuple[str, ...], of_lender: str
) -> tuple[str, ...]:
    """Return every clock that must be convenient; the first is the person's own, by which days are counted.

    Takes   said       zone the person named; it stands alone with the number's
            on_tape    zone the lender delivered; `region` where none was
            of_number  zones of the number dialled, () where not known or no number
    Law     12 CFR 1006.6(b)(1), comment -2: two possible places, convenient in both
    """
    home = _known(said) or _known(on_tape) or zones_of_region(jurisdiction, region) or _known(of_lender)
    # a number whose zones are many (a mobile network of a whole country) binds only where it tells something
    telling = of_number if len(of_number) <= 2 else ()
    return tuple(dict.fromkeys((*home, *(zone for zone in telling if _known(zone)))))


@lru_cache(maxsize=4096)
def zones_of_region(jurisdiction: str, region: str) -> tuple[str, ...]:
    """Return the zones of a part of a place; those of the whole place where the part is not known; () unknown place."""
    place = _places().get(jurisdiction)
    if place is None:
        return ()
    code = region_code(jurisdiction, region)
    for zones, codes in place.get("regions", {}).items():
        if code in codes:
            return tuple(zones.split())
    return tuple(place["default"])


@lru_cache(maxsize=1)
def _places() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "zones.yaml").read_text(encoding="utf-8"))
    return read


@lru_cache(maxsize=1024)
def _known(zone: str) -> tuple[str, ...]:
    if not zone:
        return ()
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ()
    return (zone,)
