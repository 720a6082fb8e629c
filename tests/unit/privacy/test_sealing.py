"""S3: what is sealed opens with its own key, place and row only, and never comes back as ciphertext."""

from uuid import UUID

import pytest

from qingshou.kernel.errors import Misconfigured
from qingshou.privacy.keys import keyring_of
from qingshou.privacy.sealing import UnsealError, key_id_of, seal, seal_many, unseal

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
ROW, OTHER_ROW = UUID(int=1), UUID(int=2)
PLACE = "book_borrower.name"
K1 = keyring_of({"k1": OLD})
K2 = keyring_of({"k2": NEW, "k1": OLD})


@pytest.mark.parametrize("text", ["张三丰", "", "a", "𠮷" * 5000, "\x00\u202e"])
def test_what_is_sealed_opens_again(text):
    assert unseal(seal(text, place=PLACE, row_id=ROW, keys=K1), place=PLACE, row_id=ROW, keys=K1) == text


def test_the_same_value_never_looks_the_same_and_never_shows():
    one, two = (seal("13800138000", place=PLACE, row_id=ROW, keys=K1) for _ in range(2))
    assert one != two
    assert b"13800138000" not in one


def test_every_altered_byte_is_found():
    sealed = seal("13800138000", place=PLACE, row_id=ROW, keys=K1)
    for position in range(len(sealed)):
        for flip in (1, 128):
            altered = bytearray(sealed)
            altered[position] ^= flip
            with pytest.raises(UnsealError):
                unseal(bytes(altered), place=PLACE, row_id=ROW, keys=K1)
    for length in range(len(sealed)):
        with pytest.raises(UnsealError):
            unseal(sealed[:length], place=PLACE, row_id=ROW, keys=K1)


@pytest.mark.parametrize(
    ("place", "row"), [(PLACE, OTHER_ROW), ("book_borrower.address", ROW), ("book_borrower.nam", ROW)]
)
def test_a_value_moved_elsewhere_does_not_open(place, row):
    sealed = seal("x", place=PLACE, row_id=ROW, keys=K1)
    with pytest.raises(UnsealError):
        unseal(sealed, place=place, row_id=row, keys=K1)


def test_keys_are_rotated_without_a_stop():
    before = seal("张三", place=PLACE, row_id=ROW, keys=K1)
    after = seal("张三", place=PLACE, row_id=ROW, keys=K2)
    assert (key_id_of(before), key_id_of(after)) == ("k1", "k2")
    assert [unseal(one, place=PLACE, row_id=ROW, keys=K2) for one in (before, after)] == ["张三", "张三"]


def test_a_wrong_or_missing_key_raises_and_says_which():
    sealed = seal("张三", place=PLACE, row_id=ROW, keys=K1)
    with pytest.raises(UnsealError, match="key 'k1'"):
        unseal(sealed, place=PLACE, row_id=ROW, keys=keyring_of({"k1": NEW}))
    with pytest.raises(UnsealError, match="QINGSHOU_DATA_KEYS"):
        unseal(sealed, place=PLACE, row_id=ROW, keys=keyring_of({"k9": OLD}))
    with pytest.raises(Misconfigured):
        keyring_of({})


def test_many_at_once_are_the_same_as_one_by_one():
    texts = ["张三", None, "", "李四"]
    rows = [UUID(int=n) for n in range(4)]
    sealed = seal_many(texts, place=PLACE, row_ids=rows, keys=K1)
    opened = [one and unseal(one, place=PLACE, row_id=row, keys=K1) for one, row in zip(sealed, rows, strict=True)]
    assert opened == texts
    nonces = {one[4:16] for one in seal_many(["x"] * 1000, place=PLACE, row_ids=[ROW] * 1000, keys=K1)}
    assert len(nonces) == 1000
