"""Bars of a Code 128 (ISO/IEC 15417) as SVG, for numbers of registered post."""

# widths of bar, space, bar, space, bar, space for the values 0 to 105; the stop has seven
_TABLE = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222"
    "123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321"
    "232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121"
    "313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224"
    "111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111"
    "111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113"
    "114311411113411311113141114131311141411131211412211214211232"
)
_WIDTHS = [_TABLE[at : at + 6] for at in range(0, len(_TABLE), 6)]
_STOP = "2331112"
_START_B = 104


def values_of(text: str) -> list[int]:
    """Return the symbol values of a text in set B, with start and check value.

    Stops   ValueError for other than printable ASCII
    """
    if not text or not all(" " <= character <= "~" for character in text):
        raise ValueError("Code 128 B holds printable ASCII only")
    values = [_START_B, *(ord(character) - 32 for character in text)]
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))) % 103
    return [*values, check]


def svg(text: str, *, height: int = 40) -> str:
    """Return the bars, ten modules of quiet zone on each side, one unit a module."""
    widths = "".join(_WIDTHS[value] for value in values_of(text)) + _STOP
    bars, at = [], 10
    for index, width in enumerate(widths):
        if index % 2 == 0:
            bars.append(f'<rect x="{at}" y="0" width="{width}" height="{height}"/>')
        at += int(width)
    total = at + 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}" preserveAspectRatio="none">'
        f"{''.join(bars)}</svg>"
    )
