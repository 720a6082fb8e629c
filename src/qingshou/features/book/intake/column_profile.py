"""What the values of one source column look like: numbers in which form, dates in which order, how many distinct."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from qingshou.features.book.intake.dates import EXCEL_SERIAL, DateSpec, date_reader
from qingshou.features.book.intake.numbers import NumberSpec, read_number
from qingshou.features.book.intake.reasons import Reason
from qingshou.features.book.intake.texts import BLANKS

_DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y",
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%R/%m/%d", "%R年%m月%d日", "%R.%m.%d", "%Y-%m", "%Y/%m",
    "%b-%y", "%b-%Y", "%Y年%m月",
)  # fmt: skip
_NUMBER_FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"group": ","},
    {"group": ",", "currency": True},
    {"group": ",", "currency": True, "parentheses": True},
    {"percent_sign": True},
    {"scientific": True},
    {"decimal": ",", "group": "."},
    {"decimal": ",", "group": " "},
    {"decimal": ",", "group": ".", "currency": True},
    {"group": ",", "trailing_minus": True},
    {"group": ",", "currency": True, "full_width": True},
    {"group": ",", "currency": True, "parentheses": True, "trailing_minus": True, "scientific": True},
)
_NULL_WORDS = ("NULL", "null", "N/A", "n/a", "NA", "#N/A", "None", "none", "-", "--", "\\N", "nan", "NaN", "无", "無")
_YES_NO = frozenset(["y", "n", "yes", "no", "t", "f", "true", "false", "1", "0", "是", "否", "有", "无", "無"])
_ENOUGH = 0.97


@dataclass
class ColumnProfile:
    """One source column: its name, samples, and what its values could be."""

    name: str
    position: int
    filled_share: float
    distinct: int
    is_unique: bool
    samples: list[str]
    number: dict[str, Any] | None = None
    number_share: float = 0.0
    is_whole: bool = False
    value_min: str | None = None
    value_max: str | None = None
    median: float | None = None
    date_formats: list[str] = field(default_factory=list)
    date_share: float = 0.0
    is_date_ambiguous: bool = False
    is_yes_no: bool = False
    null_words: list[str] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=dict)
    first: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def profile_column(name: str, position: int, raw: list[str | None]) -> ColumnProfile:
    """Return what the sampled values of one column look like."""
    texts = [text.strip(BLANKS) for text in raw if text is not None]
    nulls = [word for word in _NULL_WORDS if word in texts]
    filled = [text for text in texts if text and text not in nulls]
    counts = Counter(filled)
    profile = ColumnProfile(
        name=name,
        position=position,
        filled_share=round(len(filled) / len(raw), 4) if raw else 0.0,
        distinct=len(counts),
        is_unique=len(counts) == len(filled) == len(raw) and bool(filled),
        samples=[text[:80] for text in list(counts)[:6]],
        null_words=nulls,
        values=dict(counts.most_common(40)) if len(counts) <= 40 else {},
        first=next(iter(texts), None),
    )
    if not filled:
        return profile
    _numbers(profile, counts, len(filled))
    _dates(profile, counts, len(filled))
    profile.is_yes_no = len(counts) <= 4 and sum(n for t, n in counts.items() if t.casefold() in _YES_NO) >= 0.8 * len(
        filled
    )
    return profile


def _numbers(profile: ColumnProfile, counts: Counter[str], total: int) -> None:
    best: list[Any] = []
    for form in _NUMBER_FORMS:
        spec = NumberSpec(**form)
        read = {text: read_number(text, spec) for text in counts}
        good = {text: number for text, number in read.items() if not isinstance(number, Reason)}
        share = sum(counts[text] for text in good) / total
        if share > profile.number_share + 0.001:
            profile.number_share, profile.number, best = share, form, sorted(good.values())
        if share == 1.0:
            break
    if profile.number_share < 0.5:
        profile.number = None
        return
    profile.is_whole = all(value == value.to_integral_value() for value in best if abs(value.adjusted()) < 30)
    profile.value_min, profile.value_max = f"{best[0]:f}"[:40], f"{best[-1]:f}"[:40]
    profile.median = float(best[len(best) // 2])


def _dates(profile: ColumnProfile, counts: Counter[str], total: int) -> None:
    shares = []
    for form in _DATE_FORMATS:
        read = date_reader(DateSpec(formats=(form,)))
        share = sum(count for text, count in counts.items() if not isinstance(read(text), Reason)) / total
        if share > 0.02:
            shares.append((share, form))
    if not shares:
        if profile.is_whole and _like_serial(profile):
            profile.date_formats, profile.date_share = [EXCEL_SERIAL], 0.5
        return
    shares.sort(key=lambda item: -item[0])
    top = shares[0][0]
    equal = [form for share, form in shares if share == top]
    profile.is_date_ambiguous = any("%d/%m" in f for f in equal) and any("%m/%d/" in f for f in equal)
    profile.date_formats = _covering(shares, counts, total)
    readers = date_reader(DateSpec(formats=tuple(profile.date_formats)))
    profile.date_share = sum(n for text, n in counts.items() if not isinstance(readers(text), Reason)) / total


def _covering(shares: list[tuple[float, str]], counts: Counter[str], total: int) -> list[str]:
    """Return the fewest formats that read nearly all values, none of which contradicts another."""
    chosen: list[str] = []
    left = set(counts)
    for _share, form in shares:
        read = date_reader(DateSpec(formats=(form,)))
        reads = {text for text in left if not isinstance(read(text), Reason)}
        if reads:
            chosen.append(form)
            left -= reads
        if sum(counts[text] for text in left) <= (1 - _ENOUGH) * total * 0.1:
            break
    return chosen[:3]


def _like_serial(profile: ColumnProfile) -> bool:
    low, high = float(profile.value_min or 0), float(profile.value_max or 0)
    return low >= 20_000 and high <= 75_000
