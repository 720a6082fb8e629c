"""What field :86: of MT940 tells of the payer and the purpose: three ways of writing it.

German banks number their parts (?20 to ?29 purpose, ?31 account, ?32 name): the library reads those. Dutch and many
other banks put words between slashes (/NAME/.../REMI/...). The rest is plain text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import mt940

from qingshou.features.repayment.statements.identity import real_reference

_NUMBERED = re.compile(r"[0-9]{3}\?[0-9]{2}")
_WORDS = (
    "TRTP", "IBAN", "BIC", "NAME", "REMI", "EREF", "ORDP", "BENM", "CNTP", "MARF", "CSID", "PREF", "TRCD", "RTRN",
    "ACCW", "ADDR", "ISDT", "ULTD", "ULTC", "PURP", "RREF", "BREF", "ORDC", "OCMT", "CHGS", "INIT", "SVCL", "ID",
)  # fmt: skip
_SLASHED = re.compile(rf"/({'|'.join(_WORDS)})/")
_KINDS = re.compile(r"(?:USTD|STRD)/(?:/|CUR/|[A-Z]{3}/)?")
_WRAPPED_CHARS = 65  # a line as long as the standard allows goes on in the next without a blank
_KEEP_ALL = mt940.Options.all()


@dataclass(frozen=True, slots=True)
class Details:
    """What was found."""

    payer_name: str = ""
    payer_account: str = ""
    remittance: str = ""
    end_to_end_ref: str = ""


def read_details(lines: Sequence[str]) -> Details:
    """Return what the lines of one :86: say, whichever way they are written."""
    joined = _unwrapped(lines)
    if _NUMBERED.match("".join(lines)):
        return _of_numbers("".join(line.strip("\r\n") for line in lines))
    if len(_SLASHED.findall(joined)) >= 2 or joined.startswith("/REMI/"):
        return _of_words("".join(lines))
    return Details(remittance=joined)


def _unwrapped(lines: Sequence[str]) -> str:
    text = ""
    for line in lines:
        text += line if len(line) == _WRAPPED_CHARS else line + " "
    return text.strip()


def _of_numbers(text: str) -> Details:
    collection = mt940.models.Transactions(options=_KEEP_ALL)
    given = {"transaction_details": text}
    found = mt940.processors.transaction_details_post_processor(
        collection, mt940.tags.TransactionDetails(), given, dict(given)
    )
    said = {name: str(value).strip() for name, value in found.items() if value}
    return Details(
        payer_name=said.get("applicant_name", ""),
        payer_account=said.get("applicant_iban") or said.get("gvc_applicant_iban", ""),
        remittance=" ".join(said[name] for name in ("purpose", "additional_purpose") if name in said),
        end_to_end_ref=real_reference(said.get("end_to_end_reference", "")),
    )


def _of_words(text: str) -> Details:
    parts = _SLASHED.split(text)
    said: dict[str, str] = {}
    for word, value in zip(parts[1::2], parts[2::2], strict=True):
        if value.strip("/ "):
            said.setdefault(word, value.strip())
    party = [part.strip() for part in said.get("CNTP", "").split("/")]
    return Details(
        payer_name=said.get("NAME", party[2] if len(party) > 2 else "").strip("/ "),
        payer_account=said.get("IBAN", party[0] if party else "").strip("/ "),
        remittance=_KINDS.sub("", said.get("REMI", ""), count=1).strip("/ "),
        end_to_end_ref=real_reference(said.get("EREF", "").strip("/ ")),
    )
