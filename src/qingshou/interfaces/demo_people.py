"""Invented names and telephone numbers for the demo's real accounts, which came without any.

Seeded: the same borrower always gets the same name. No number can reach anybody: no mobile network uses the prefix 100.
"""

import csv
import random
from collections.abc import Iterable
from pathlib import Path

_SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周徐蘇葉莊呂江何蕭羅高潘簡朱鍾彭游詹胡施沈余盧梁趙顏柯翁魏孫戴"
_GIVEN = (
    "志明淑芬俊傑美玲建宏雅婷家豪怡君宗翰惠雯冠宇佩珊承恩詩涵柏翰欣怡彥廷雅雯信宏郁婷文雄麗華國強秀英子軒宜蓁品睿思妤"
)
_CITIES = ("台北市", "新北市", "桃園市", "台中市", "台南市", "高雄市")


def write_people(borrower_refs: Iterable[str], path: Path, *, seed: int = 20051001) -> int:
    """Write a people tape (CSV, canonical columns) for these borrowers and return how many rows it has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["borrower_id", "name", "phone", "email", "address", "language", "time_zone"])
        for ref in borrower_refs:
            draw = random.Random(f"{seed}:{ref}")  # noqa: S311 - invented names, not secrets
            name = draw.choice(_SURNAMES) + "".join(draw.sample(_GIVEN, 2))
            phone = f"100{draw.randrange(10**8):08d}"
            city = draw.choice(_CITIES)
            writer.writerow([ref, name, phone, f"b{ref}@example.com", city, "zh-hant", "Asia/Taipei"])
            rows += 1
    return rows
