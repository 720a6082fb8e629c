"""Pictures from outside: drawn anew, so that only what is seen is kept: no place, no device, no second file behind."""

from io import BytesIO

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from qingshou.features.repayment.incoming.errors import FileRejected
from qingshou.features.repayment.incoming.kinds import HEIC, JPEG, PICTURES
from qingshou.features.repayment.incoming.limits import PIXELS_MAX, QUALITY, SIDE_MAX

_PLAIN = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "RGB", "RGBA"), "WEBP": ("RGB", "RGBA")}


def redrawn(content: bytes, *, media_type: str) -> tuple[bytes, str]:
    """Return a picture drawn anew with its media type; HEIC becomes JPEG, which everybody can open.

    The picture stands as its camera held it; of several frames the first is kept; what is finer than any paper needs
    is made smaller.

    Stops   FileRejected  BROKEN, TOO_LARGE (more pixels than a telephone takes)
    """
    name = PICTURES[media_type]
    if media_type == HEIC:
        import pi_heif

        pi_heif.register_heif_opener()
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # judged below, before anything is drawn
    try:
        with Image.open(BytesIO(content), formats=[name]) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise FileRejected(
                    "The file is larger than we take, or a picture with too many pixels: send a smaller one.",
                    why="TOO_LARGE",
                )
            if media_type == JPEG:
                opened.draft(None, (SIDE_MAX, SIDE_MAX))
            opened.load()
            opened.thumbnail((SIDE_MAX, SIDE_MAX))
            return _written(ImageOps.exif_transpose(opened), "JPEG" if media_type == HEIC else name)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, ZeroDivisionError):
        raise FileRejected("The file is broken: save it again, or take a photograph.", why="BROKEN") from None


def _written(picture: Image.Image, name: str) -> tuple[bytes, str]:
    modes = _PLAIN[name]
    if picture.mode not in modes:
        has_holes = "RGBA" in modes and (picture.mode in ("LA", "PA") or "transparency" in picture.info)
        picture = picture.convert("RGBA" if has_holes else "RGB")
    picture.info = {}  # Pillow writes what it read: places, devices, comments, colour profiles
    held = BytesIO()
    picture.save(held, name, **({"quality": QUALITY} if name != "PNG" else {}), exif=b"")
    return held.getvalue(), f"image/{name.lower()}"
