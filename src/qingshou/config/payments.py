"""Which payment providers report to which lender, and under which key: a YAML file, read once."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qingshou.config.channels import mapping_in, resolved
from qingshou.kernel.errors import Misconfigured

# an HMAC key shorter than this can be guessed
KEY_LENGTH_MIN = 16
# url, signing_key: where payments of the debtor's page are begun; name: as the debtor reads it
_FIELDS = {"webhook_key", "url", "signing_key", "name"}


def read_payments(path: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Read the file of QINGSHOU_PAYMENTS.

    Takes   path  empty: no file, nobody reports payments
    Gives   lender code -> provider code -> its fields; a lender that is not named has none
    Stops   Misconfigured listing everything wrong, by lender and place; values are never repeated
    """
    found: defaultdict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    if not path:
        return found
    problems: list[str] = []
    for code, providers in mapping_in(Path(path), setting="QINGSHOU_PAYMENTS").items():
        found[str(code)] = _providers(str(code), resolved(providers, str(code), problems), problems)
    if problems:
        lines = "\n".join(f"- {problem}" for problem in problems)
        raise Misconfigured(f"The file of QINGSHOU_PAYMENTS is not right:\n{lines}", count=len(problems))
    return found


def _providers(lender: str, providers: Any, problems: list[str]) -> dict[str, dict[str, str]]:
    if not isinstance(providers, dict):
        problems.append(f"{lender}: providers by their code are expected")
        return {}
    for code, fields in providers.items():
        if not isinstance(fields, dict) or "webhook_key" not in fields or set(fields) - _FIELDS:
            problems.append(f"{lender}: {code}: `webhook_key` is expected, and at most `url`, `signing_key`, `name`")
        elif ("url" in fields) != ("signing_key" in fields):
            problems.append(f"{lender}: {code}: `url` and `signing_key` belong together")
        elif min(len(str(fields[name])) for name in fields if name.endswith("_key")) < KEY_LENGTH_MIN:
            problems.append(f"{lender}: {code}: a key is shorter than {KEY_LENGTH_MIN} characters")
    return {str(code): dict(fields) for code, fields in providers.items() if isinstance(fields, dict)}
