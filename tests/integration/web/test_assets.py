"""The page assets: small enough for a first load, from registries named nowhere, and rebuilt only when needed."""

import gzip
import json
import re

import pytest

from qingshou.interfaces.web import assets

FIRST_LOAD = ("theme.js", "app.js", "style.css", "icons.svg")
FIRST_LOAD_BYTES_MAX = 200_000


@pytest.fixture(scope="module", autouse=True)
def built():
    assets.build()


def test_what_is_up_to_date_is_not_built_again():
    assert assets.build() is False


def test_the_first_load_is_small():
    sizes = {name: len(gzip.compress((assets.BUILT / name).read_bytes(), 6)) for name in FIRST_LOAD}
    assert sum(sizes.values()) < FIRST_LOAD_BYTES_MAX, sizes


def test_nothing_is_fetched_from_elsewhere():
    for path in assets.BUILT.iterdir():
        text = path.read_text()
        assert re.findall(r"@import|url\((?![\"']?data:)[^)]{0,60}", text) == [], path.name


def test_the_lock_names_no_registry():
    lock = json.loads((assets.HERE / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_every_icon_in_use_is_in_the_sprite():
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (assets.BUILT / "icons.svg").read_text()))
    used = set()
    for path in assets.HERE.parents[1].rglob("*.html"):
        if "node_modules" not in path.parts:
            used |= set(re.findall(r'{% icon "([^"]+)"', path.read_text()))
    assert used - sprite == set()
    from qingshou.interfaces.web.navigation import ENTRIES

    assert {entry.icon for entry in ENTRIES} - sprite == set()
