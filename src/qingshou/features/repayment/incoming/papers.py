"""PDF from outside: read whole, and refused where anything in it would act when it is opened.

qpdf opens it, so that names hidden in packed object streams or spelt with escapes are seen as what they are.
"""

import re
from collections.abc import Iterator
from io import BytesIO

import pikepdf

from qingshou.features.repayment.incoming.errors import FileRejected
from qingshou.features.repayment.incoming.limits import DEPTH_MAX, OBJECTS_MAX, PAGES_MAX

# keys of dictionaries that hold a script, a program, a file carried along, or a form of another kind
_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/XFA", "/RichMediaContent",
                   "/RichMediaSettings", "/Launch"})  # fmt: skip
# what an action does, or a note on a page is
_ACTS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition", "/Movie", "/Sound",
                   "/RichMediaExecute"})  # fmt: skip
_NOTES = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
# a paper that is a page or a program at once
_DISGUISE = re.compile(rb"<\s*(script|html|svg|!doctype)|\nPK\x03\x04|\x4d\x5a\x90\x00", re.IGNORECASE)
_HEAD_BYTES = 4096


def ensure_still(content: bytes) -> None:
    """Ensure that a PDF can be read and holds nothing that acts.

    Stops   FileRejected  BROKEN, ENCRYPTED, HOSTILE, TOO_HEAVY
    """
    if _DISGUISE.search(content[:_HEAD_BYTES]):
        raise _hostile()
    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as paper:
            if paper.is_encrypted:
                raise FileRejected("The PDF is locked: save it without a password.", why="ENCRYPTED")
            pages = len(paper.pages)
            if pages == 0:
                raise _broken()
            if pages > PAGES_MAX:
                raise _heavy()
            if any(_acts(one) for one in _dictionaries(paper)):
                raise _hostile()
    except pikepdf.PasswordError:
        raise FileRejected("The PDF is locked: save it without a password.", why="ENCRYPTED") from None
    except (pikepdf.PdfError, ValueError, TypeError, IndexError, RecursionError):
        raise _broken() from None


def _broken() -> FileRejected:
    return FileRejected("The file is broken: save it again, or take a photograph.", why="BROKEN")


def _heavy() -> FileRejected:
    return FileRejected("Opening the file takes more than any sound file needs: send a plain one.", why="TOO_HEAVY")


def _hostile() -> FileRejected:
    return FileRejected("The PDF holds something that starts by itself: print it to a plain PDF.", why="HOSTILE")


def _dictionaries(paper: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Give every dictionary of a paper, those inside others included; what stands elsewhere is met there."""
    left = OBJECTS_MAX
    for whole in [*paper.objects, paper.trailer]:
        held = [(whole, 0)]
        while held:
            one, depth = held.pop()
            left -= 1
            if left < 0 or depth > DEPTH_MAX:
                raise _heavy()
            inner: list[pikepdf.Object] = []
            if isinstance(one, pikepdf.Stream | pikepdf.Dictionary):
                yield one
                inner = [value for _key, value in one.items()]
            elif isinstance(one, pikepdf.Array):
                inner = list(one)
            held += [(value, depth + 1) for value in inner
                     if isinstance(value, pikepdf.Object) and not value.is_indirect]  # fmt: skip


def _acts(one: pikepdf.Object) -> bool:
    keys = set(one.keys())
    if keys & _KEYS:
        return True
    return str(one.get("/S", "")) in _ACTS or str(one.get("/Subtype", "")) in _NOTES
