"""What a page tells: its text without what chance puts there, for tests that look for what must not be told.

A form's token is 64 letters and digits drawn anew for each answer, an identifier is 32 hexadecimal digits: a short word
looked for in the raw page is found in them now and then ("CNY" was).
"""

import re

_CHANCE = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"  # identifiers
    r"|\b[0-9A-Za-z]{64}\b"  # tokens against forged forms; hashes
    r"|(?<=nonce=\")[^\"]+"  # of the content security policy
)


def told(page: str | bytes) -> str:
    """Return the page's text with every identifier, form's token and nonce taken out."""
    return _CHANCE.sub("", page if isinstance(page, str) else page.decode())
