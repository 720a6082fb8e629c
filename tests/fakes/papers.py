"""Files as debtors send them, small and real: papers, pictures with what a telephone adds, and hostile ones."""

from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image

GPS, MAKE, ORIENTATION = 34853, 271, 274


def pdf(words: str = "signed", **root: object) -> bytes:
    """Return a PDF of one page that says something; the same words, the same bytes. `root`: more of its catalogue."""
    paper = Pdf.new()
    paper.add_blank_page(page_size=(595, 842))
    content = f"BT /F1 12 Tf 72 770 Td ({words}) Tj ET".encode("latin-1", "replace")
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    paper.pages[0].Contents = Stream(paper, content)
    paper.pages[0].Resources = Dictionary(Font=Dictionary(F1=font))
    for name, value in root.items():
        paper.Root[f"/{name}"] = value
    return _saved(paper)


def packed(**root: object) -> bytes:
    """Return the same with its objects packed into streams: no name of it can be read in the bytes."""
    held = BytesIO()
    with pikepdf.open(BytesIO(pdf(**root))) as paper:
        paper.save(held, object_stream_mode=pikepdf.ObjectStreamMode.generate, static_id=True)
    return held.getvalue()


def _saved(paper: Pdf, **more: object) -> bytes:
    held = BytesIO()
    paper.save(held, static_id=True, **more)
    return held.getvalue()


def script() -> Dictionary:
    """Return what runs a script when it is opened."""
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def launch() -> Dictionary:
    """Return what starts a program."""
    return Dictionary(S=Name.Launch, F=String("calc.exe"))


def go_to() -> Array:
    """Return what shows the first page: harmless."""
    return Array([0, Name.Fit])


def carrying() -> bytes:
    """Return a PDF that carries a file along."""
    paper = pikepdf.open(BytesIO(pdf()))
    paper.attachments["x.exe"] = pikepdf.AttachedFileSpec(paper, b"MZ", filename="x.exe")
    return _saved(paper)


def with_note(subtype: str) -> bytes:
    """Return a PDF with a note on its page that plays or opens something."""
    paper = pikepdf.open(BytesIO(pdf()))
    note = Dictionary(Type=Name.Annot, Subtype=Name(subtype), Rect=Array([0, 0, 9, 9]))
    paper.pages[0].Annots = Array([note])
    return _saved(paper)


def locked() -> bytes:
    """Return a PDF that asks for a password."""
    paper = pikepdf.open(BytesIO(pdf()))
    return _saved(paper, encryption=pikepdf.Encryption(owner="a", user="b"))  # type: ignore[arg-type]


def picture(name: str = "JPEG", *, size: tuple[int, int] = (40, 20), with_place: bool = False, **more: object) -> bytes:
    """Return a picture, dark at its left; with what a telephone adds: where it was taken, by what, how it was held."""
    drawn = Image.new("RGB", size, "white")
    drawn.paste((0, 0, 0), (0, 0, size[0] // 2, size[1]))
    held = BytesIO()
    exif = Image.Exif()
    if with_place:
        exif[MAKE], exif[ORIENTATION] = "Telephone", 6
        exif.get_ifd(GPS).update({1: "N", 2: (39.0, 54.0, 27.0), 3: "E", 4: (116.0, 23.0, 17.0)})
    drawn.save(held, name, exif=exif, **more)
    return held.getvalue()
