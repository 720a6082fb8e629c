"""What a person wrote themselves: without the mail they answer, without the signature under it.

Our own words quoted below an answer hold the opt-out word ('退订', 'reply STOP'): they must not be taken for theirs.
"""

import re

# from such a line on, all is quoted
_QUOTE_BEGINS = re.compile(
    r"""^\s*(
        -{2,}\s*(original\ message|forwarded\ message|(原始?|转发的?|轉寄的?|回复的?)(邮件|郵件))
      | on\s.{5,200}\swrote:\s*$
      | le\s.{5,200}\sa\ écrit\s?:\s*$
      | .{0,120}(写道|寫道|写到|寫到)\s*[:：]\s*$
      | (发件人|發件人|寄件者|寄件人|from)\s*[:：].*
      | _{8,}\s*$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_QUOTED_LINE = re.compile(r"^\s*[>＞|]")
# from such a line on, all is signature; only in the lower part of what is left
_SIGNATURE_BEGINS = re.compile(
    r"""^\s*(
        --\s*$ | —{1,3}\s*$
      | (sent\ from\ my|get\ outlook\ for|sent\ via)\b.*
      | (发自我的|從我的|从我的|发送自|傳送自|来自我的).{0,30}
      | (此致|顺祝|順頌|順祝|祝好|祝您).{0,20}
      | (best|kind|warm)?\s*(regards|wishes)\W*$
      | (yours\ (sincerely|faithfully|truly)|sincerely|cheers)\W*$
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def own_words(text: str) -> str:
    """Return what the person wrote; the whole text where nothing of it would be left but a signature."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _QUOTE_BEGINS.match(line) or _wraps_a_quote(lines, number):
            break
        if not _QUOTED_LINE.match(line):
            kept.append(line)
    for number, line in enumerate(kept):
        if number and _SIGNATURE_BEGINS.match(line) and any(one.strip() for one in kept[:number]):
            kept = kept[:number]
            break
    return "\n".join(kept).strip()


def _wraps_a_quote(lines: list[str], number: int) -> bool:
    """Whether 'On ... wrote:' was broken over two lines."""
    if number + 1 >= len(lines) or not re.match(r"^\s*on\s", lines[number], re.IGNORECASE):
        return False
    return bool(_QUOTE_BEGINS.match(f"{lines[number].strip()} {lines[number + 1].strip()}"))
