"""Files from outside: what is kept of each kind, what is refused and why, and the scanner that is asked."""

import socket
import subprocess
import sys
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import translation
from pikepdf import Array, Dictionary, Name, String
from PIL import Image
from tests.fakes import papers
from tests.fakes.clamd import FOUND, scanning

from qingshou.features.repayment.incoming import judging
from qingshou.features.repayment.incoming.errors import FileRejected, ScannerUnreachable
from qingshou.features.repayment.incoming.judging import judge_file
from qingshou.features.repayment.incoming.kinds import JPEG, PDF, PNG, is_named_so
from qingshou.features.repayment.phrases.documents import REFUSED

MB = 1 << 20
HEIC = Path(__file__).parents[2] / "fakes" / "telephone.heic"


def judged(content: bytes, name: str = "", **more):
    return judge_file(content=content, file_name=name, bytes_max=2 * MB, **more)


def why(content: bytes, name: str = "", **more) -> str:
    with pytest.raises(FileRejected) as refused:
        judged(content, name, **more)
    with translation.override("en"):  # a message that has words is told in every language
        assert refused.value.message == str(REFUSED[f"DOCUMENT_{refused.value.why}"])
    return refused.value.why


def test_a_pdf_is_kept_byte_for_byte():
    for content in (papers.pdf("工资"), papers.packed(), papers.pdf(OpenAction=papers.go_to())):
        found = judged(content, "slip.PDF")
        assert (found.content, found.media_type, found.file_name) == (content, PDF, "slip.PDF")


@pytest.mark.parametrize(
    ("name", "sent_as", "kept_as", "kept_name"),
    [("JPEG", "a.jpeg", JPEG, "a.jpeg"), ("PNG", "a.png", PNG, "a.png"), ("WEBP", "a.webp", "image/webp", "a.webp")],
)
def test_a_picture_is_drawn_anew_without_place_or_device(name, sent_as, kept_as, kept_name):
    sent = papers.picture(name, with_place=True)
    assert Image.open(BytesIO(sent)).getexif().get_ifd(papers.GPS)
    found = judged(sent, sent_as)
    kept = Image.open(BytesIO(found.content))
    assert (found.media_type, found.file_name, kept.size) == (kept_as, kept_name, (20, 40))
    assert (dict(kept.getexif()), kept.info.get("comment")) == ({}, None)
    assert b"Telephone" not in found.content
    # held upright as the camera was: what was dark at the left is dark at the top
    assert [kept.convert("L").getpixel(place) < 60 for place in ((10, 4), (10, 36))] == [True, False]


def test_a_telephones_heic_becomes_a_jpeg():
    content = HEIC.read_bytes()
    assert (content[4:12], b"Telephone" in content) == (b"ftypheic", True)
    found = judged(content, "IMG_0001.HEIC")
    assert (found.media_type, found.file_name) == (JPEG, "IMG_0001.jpg")
    kept = Image.open(BytesIO(found.content))
    assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (64, 64), {})


def test_what_stands_behind_a_picture_or_in_its_comment_is_gone():
    sent = papers.picture("JPEG", comment=b"<script>x</script>") + b"PK\x03\x04 a zip behind"
    found = judged(sent)
    assert b"script" in sent
    assert (b"script" in found.content, b"PK\x03\x04" in found.content) == (False, False)
    assert judged(sent).content == found.content  # the same picture is the same document


def test_what_is_finer_than_paper_is_made_smaller():
    found = judged(papers.picture("PNG", size=(6000, 300)))
    assert Image.open(BytesIO(found.content)).size == (5000, 250)


def test_a_telephones_finest_photograph_fits_into_the_childs_memory():
    sent = papers.picture("JPEG", size=(8_000, 6_250), with_place=True, quality=20)
    assert max(Image.open(BytesIO(judged(sent).content)).size) == 5_000


def docx(parts: dict[str, bytes]) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.pdf", "EMPTY"),
        (papers.pdf() + b" " * (2 * MB), "a.pdf", "TOO_LARGE"),
        (b"MZ\x90\x00 a program", "a.pdf", "WRONG_TYPE"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "a.png", "WRONG_TYPE"),
        (b"<html><script>alert(1)</script>", "a.jpg", "WRONG_TYPE"),
        (b"GIF89a", "a.png", "WRONG_TYPE"),
        (docx({"word/document.xml": b"0" * (20 * MB)}), "a.docx", "WRONG_TYPE"),
        (docx({"word/vbaProject.bin": b"macro"}), "a.pdf", "WRONG_TYPE"),
        (papers.pdf(), "slip.exe", "NAME_DIFFERS"),
        (papers.pdf(), "slip.jpg", "NAME_DIFFERS"),
        (papers.picture("PNG"), "slip.pdf", "NAME_DIFFERS"),
        (papers.picture("PNG"), "slip.svg", "NAME_DIFFERS"),
        (b"%PDF-1.7 nothing more", "a.pdf", "BROKEN"),
        (papers.picture("JPEG")[:300], "a.jpg", "BROKEN"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "a.png", "BROKEN"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "a.heic", "BROKEN"),
        (papers.locked(), "a.pdf", "ENCRYPTED"),
    ],
    ids=range(17),
)
def test_what_is_not_what_it_should_be_is_refused(content, name, reason):
    assert why(content, name) == reason


@pytest.mark.parametrize(
    "content",
    [
        papers.pdf(OpenAction=papers.script()),
        papers.packed(OpenAction=papers.script()),
        papers.pdf(OpenAction=papers.script()).replace(b"/JavaScript", b"/J#61vaScript"),
        papers.packed(OpenAction=papers.launch()),
        papers.packed(Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), papers.script()])))),
        papers.packed(AA=Dictionary(WC=Dictionary(S=Name.SubmitForm, F=String("http://x.example")))),
        papers.packed(AcroForm=Dictionary(XFA=Array([]))),
        papers.packed(A=Dictionary(S=Name.URI, URI=String("http://x"), Next=Array([papers.launch()]))),
        papers.carrying(),
        papers.with_note("/FileAttachment"),
        papers.with_note("/RichMedia"),
        b"%PDF-1.7 <script>alert(1)</script>" + papers.pdf(),
    ],
    ids=range(12),
)
def test_a_pdf_that_acts_is_refused_however_it_hides_it(content):
    assert why(content) == "HOSTILE"


def test_a_link_in_a_pdf_does_no_harm():
    content = papers.packed(A=Dictionary(S=Name.URI, URI=String("http://x.example")))
    assert judged(content).content == content


def test_a_picture_with_more_pixels_than_a_telephone_takes_is_refused_undrawn():
    small = papers.picture("PNG", size=(1, 1))
    head = b"IHDR" + (60_001).to_bytes(4) + (1_000).to_bytes(4) + small[24:29]
    assert why(small[:12] + head + zlib.crc32(head).to_bytes(4) + small[33:]) == "TOO_LARGE"


def test_a_bomb_ends_the_child_and_not_us(tmp_path):
    """A stream of objects that unpacks to more than the child may hold."""
    packer = zlib.compressobj(9)
    body = b"".join([packer.compress(b" " * (1 << 20)) for _ in range(700)]) + packer.flush()
    start = b"%%PDF-1.5\n1 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(body)
    at = len(start) + len(body) + len(b"\nendstream endobj\n")
    table = b"".join(kind.to_bytes(1) + place.to_bytes(4) + more.to_bytes(1)
                     for kind, place, more in ((0, 0, 255), (1, 9, 0), (2, 1, 0), (1, at, 0)))  # fmt: skip
    xref = b"3 0 obj<</Type/XRef/Size 4/W[1 4 1]/Root 2 0 R/Length %d>>stream\n%s\nendstream endobj\n" % (
        len(table), table,
    )  # fmt: skip
    content = start + body + b"\nendstream endobj\n" + xref + b"startxref\n%d\n%%%%EOF" % at
    assert why(content) in ("TOO_HEAVY", "BROKEN")
    path = tmp_path / "bomb.pdf"
    path.write_bytes(content)
    # weighed by a small process: what the child of a large one is said to have held begins with its parent's size
    weighing = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdin=0, stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-m", "qingshou.features.repayment.incoming.child", PDF]
    with path.open("rb") as stream:
        weighed = subprocess.run(
            [sys.executable, "-c", weighing, *command], stdin=stream, capture_output=True, check=True
        )  # fmt: skip
    # kilobytes: more than the interpreter and its libraries, no more than these and the limit
    assert 20_000 < int(weighed.stdout) < 700_000


def test_a_child_that_dies_or_hangs_is_a_refusal(monkeypatch):
    monkeypatch.setattr(judging, "CHILD_WALL_SECONDS", 0.01)
    assert why(papers.pdf()) == "TOO_HEAVY"


@pytest.mark.parametrize(
    ("name", "is_right"),
    [("a.pdf", True), ("a.PDF", True), ("a", True), ("", True), ("a.pdf.exe", False), ("bank. November", True),
     ("a.jpg", False), ("scan 2026.11", True), ("a.averylongending", True)],
)  # fmt: skip
def test_a_name_must_not_say_something_else(name, is_right):
    assert is_named_so(name, PDF) is is_right


def test_only_what_is_taken_here_is_taken():
    assert why(papers.picture("WEBP"), media_types=(PDF, JPEG, PNG)) == "WRONG_TYPE"


def test_the_scanner_sees_what_came_and_its_word_holds():
    with scanning() as scanner:
        sent = papers.picture("JPEG", with_place=True)
        judged(sent, scanner=scanner.address)
        assert scanner.seen == [sent]
        assert why(papers.pdf() + FOUND, scanner=scanner.address) == "INFECTED"


def test_a_file_beyond_the_scanners_own_limit_is_refused():
    with scanning(bytes_max=100) as scanner:
        assert why(papers.pdf(), scanner=scanner.address) == "TOO_LARGE"


@pytest.mark.parametrize("says", [b"stream: lstat() failed ERROR", b"nonsense", b""])
def test_without_a_verdict_nothing_is_taken(says):
    with scanning(says=says, is_silent=not says) as scanner, pytest.raises(ScannerUnreachable):
        judged(papers.pdf(), scanner=scanner.address)


def test_a_scanner_that_is_not_there_is_said(tmp_path):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        nobody = f"tcp://127.0.0.1:{held.getsockname()[1]}"
        for address in (nobody, f"unix://{tmp_path}/clamd.ctl"):
            with pytest.raises(ScannerUnreachable):
                judged(papers.pdf(), scanner=address)
