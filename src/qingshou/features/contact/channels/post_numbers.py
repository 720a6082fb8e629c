"""Numbers of registered post: UPU S10, two letters, eight digits, a check digit, the country."""

import re
from dataclasses import dataclass

from qingshou.kernel.errors import BadInput, Conflict, Misconfigured

_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_FORM = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")


class NumbersUsedUp(Conflict):
    """The range of registered-post numbers in the settings has no number left."""

    code = "POST_NUMBERS_USED_UP"


def check_digit(serial: str) -> int:
    """Return the check digit of eight digits (UPU S10, modulo 11)."""
    digit = 11 - sum(weight * int(sign) for weight, sign in zip(_WEIGHTS, serial, strict=True)) % 11
    return {10: 0, 11: 5}.get(digit, digit)


def is_valid(number: str) -> bool:
    """Return whether a number has the form of S10 and its check digit is right."""
    read = _FORM.fullmatch(number)
    return read is not None and int(read[3]) == check_digit(read[2])


@dataclass(frozen=True, slots=True)
class NumberSeries:
    """A range of numbers that the post gave the lender, used in order, each once."""

    prefix: str  # service indicator, as XA for registered mail in China
    first: int
    last: int  # the last that may be used
    country: str = "CN"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{2}", self.prefix) or not re.fullmatch(r"[A-Z]{2}", self.country):
            raise Misconfigured("A series of registered-post numbers needs two letters before and two after.")
        if not 0 <= self.first <= self.last <= 99_999_999:
            raise Misconfigured("A series of registered-post numbers runs between 0 and 99,999,999.")

    def number(self, serial: int) -> str:
        """Return the whole number of a serial."""
        digits = f"{serial:08d}"
        return f"{self.prefix}{digits}{check_digit(digits)}{self.country}"

    def after(self, used: str, count: int) -> list[str]:
        """Return the next numbers.

        Takes   used    the last number given out of this series; empty when none was
                count   how many are wanted
        Stops   BadInput when `used` is not of this series, NumbersUsedUp when the range is too short for all
        """
        start = self.first
        if used:
            read = _FORM.fullmatch(used)
            if read is None or not is_valid(used) or (read[1], read[4]) != (self.prefix, self.country):
                raise BadInput("The last number used is not of this series of registered-post numbers.")
            start = max(self.first, int(read[2]) + 1)
        if start + count - 1 > self.last:
            raise NumbersUsedUp(
                f"Only {max(0, self.last - start + 1)} numbers of registered post are left; {count} are wanted. "
                "Enter a new range from the post in the settings.",
                left=max(0, self.last - start + 1),
                wanted=count,
            )
        return [self.number(serial) for serial in range(start, start + count)]
