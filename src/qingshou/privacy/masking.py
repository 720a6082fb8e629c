"""What is shown of a personal value to who may not see it: enough to recognise, not enough to use."""

import re
import unicodedata
from collections.abc import Callable

from qingshou.privacy.kinds import PersonalKind

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# surnames of two characters, without which 欧阳娜娜 would show as 欧***
_DOUBLE_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳歐陽司马司馬上官诸葛諸葛东方東方皇甫尉迟尉遲公孙公孫慕容令狐宇文司徒司空长孙長孫夏侯轩辕軒轅端木百里呼延南宫南宮",
    )
)


def mask(kind: PersonalKind, text: str | None) -> str:
    """Return the masked form: 张*, 138****1234, z***@example.com; empty stays empty."""
    if not text:
        return ""
    return _BY_KIND[kind](unicodedata.normalize("NFKC", text).strip())


def _name(text: str) -> str:
    if not _HAN.match(text):
        return " ".join(f"{part[0]}***" for part in text.split())
    shown = 2 if text[:2] in _DOUBLE_SURNAMES and len(text) > 2 else 1
    return text[:shown] + "*" * max(1, min(3, len(text) - shown))


def _phone(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) >= 11:
        return f"{digits[:-8]}****{digits[-4:]}"
    return f"{'*' * max(3, len(digits) - 2)}{digits[-2:]}" if len(digits) > 4 else "****"


def _national_id(text: str) -> str:
    return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}" if len(text) >= 15 else f"{text[:1]}{'*' * 6}"


def _email(text: str) -> str:
    name, at, domain = text.rpartition("@")
    return f"{name[:1]}***@{domain}" if at and name else "***"


def _address(text: str) -> str:
    """Province and city help to recognise; street and number do not show."""
    place = re.match(r"^(?:.{2,8}?(?:省|自治区|自治區))?(?:.{1,8}?[市縣县])?", text)
    return f"{place.group() if place else ''}****"


_BY_KIND: dict[PersonalKind, Callable[[str], str]] = {
    PersonalKind.NAME: _name,
    PersonalKind.NATIONAL_ID: _national_id,
    PersonalKind.PHONE: _phone,
    PersonalKind.EMAIL: _email,
    PersonalKind.ADDRESS: _address,
    PersonalKind.BIRTH_DATE: lambda text: f"{text[:4]}-**-**" if re.match(r"[0-9]{4}", text) else "****",
    PersonalKind.EMPLOYER: lambda text: f"{text[:2]}****",
    PersonalKind.NOTE: lambda text: "****",  # noqa: ARG005  a note may say anything
}
