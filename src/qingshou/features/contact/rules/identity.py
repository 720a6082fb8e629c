"""Does what somebody says fit what is on file? Compared here, so that what is on file need not be shown to anybody."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

_HAN = re.compile(r"[\u3400-\u9fff]")
_DAY = re.compile(r"(\d{4})\D*?(\d{1,2})\D+(\d{1,2})\D*|(\d{4})(\d{2})(\d{2})")
# the head of an address up to its first town: what 'which city' asks for
_TOWN = re.compile(r"^.{0,20}?(?:市|县|縣|区|區|州|盟|旗)")
# words that stand in many addresses and identify nobody
_EVERYWHERE = frozenset({
    "中国", "中國", "台湾", "台灣", "香港", "city", "street", "road", "avenue", "china", "the", "and", "new",
    "district", "north", "south", "east", "west", "county", "province", "state", "town", "building", "room",
    "floor", "unit",
})  # fmt: skip
_LENGTH_MIN_HAN, _LENGTH_MIN_LATIN, _LAST = 2, 3, 4


def fits(fact: str, said: str, held: Iterable[str]) -> bool:
    """Tell whether an answer fits one of the values on file; an empty or telling-nothing answer fits none."""
    answer = _plain(said)
    return bool(answer) and any(_FITS[fact](answer, _plain(value)) for value in held if value)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _last_four(answer: str, held: str) -> bool:
    given, kept = (re.sub(r"[^0-9a-z]", "", text) for text in (answer, held))
    return len(given) == _LAST and len(kept) >= _LAST and kept.endswith(given)


def _birth_date(answer: str, held: str) -> bool:
    given, kept = _day(answer), _day(held)
    return given is not None and given == kept


def _day(text: str) -> tuple[int, int, int] | None:
    found = _DAY.fullmatch(text.strip("年月日 ").replace("年", "-").replace("月", "-"))
    if found is None:
        return None
    year, month, day = [int(part) for part in found.groups() if part is not None]
    return year, month, day


def _city(answer: str, held: str) -> bool:
    if answer in _EVERYWHERE:
        return False
    if _HAN.search(answer):
        town = _TOWN.match(held)
        head = town.group() if town else held[:6]
        return len(answer.rstrip("市县縣区區省")) >= _LENGTH_MIN_HAN and answer.rstrip("市县縣区區省") in head
    words = re.findall(r"[^\W\d_]+", held)
    return len(answer) >= _LENGTH_MIN_LATIN and f" {answer} " in f" {' '.join(words)} "


def _employer(answer: str, held: str) -> bool:
    least = _LENGTH_MIN_HAN if _HAN.search(answer) else _LENGTH_MIN_LATIN
    return answer not in _EVERYWHERE and len(answer) >= least and (answer in held or held in answer)


_FITS: Mapping[str, Callable[[str, str], bool]] = {
    "NATIONAL_ID_LAST4": _last_four,
    "LOAN_LAST4": _last_four,
    "BIRTH_DATE": _birth_date,
    "ADDRESS_CITY": _city,
    "EMPLOYER": _employer,
}
