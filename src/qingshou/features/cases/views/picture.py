"""The process drawn: stages from left to right, the ways between them, and where the case is."""

from collections.abc import Collection
from dataclasses import dataclass

from qingshou.features.cases.phrases import STAGES
from qingshou.features.cases.process import Process

_WIDTH, _HEIGHT, _GAP, _LEFT = 112, 48, 26, 8
_ABOVE_STEP, _BELOW_STEP = 17, 17


@dataclass(frozen=True, slots=True)
class Box:
    """One stage: where it stands and what is said of it."""

    code: str
    name: str
    x: int
    y: int
    css: str
    days: int | None

    @property
    def middle(self) -> int:
        return self.x + _WIDTH // 2


@dataclass(frozen=True, slots=True)
class Edge:
    """One way: its line, and where its arrow's tip lies and points."""

    path: str
    css: str
    tip: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    width: int
    height: int
    box_width: int = _WIDTH
    box_height: int = _HEIGHT


def draw(process: Process, *, here: str, past: Collection[str] = ()) -> Picture:
    """Return the picture of a process for a case that stands in `here` and was in `past`."""
    codes = [code for code, stage in process.stages.items() if not stage.is_terminal]
    codes += [code for code, stage in process.stages.items() if stage.is_terminal]
    place = {code: number for number, code in enumerate(codes)}
    pairs = sorted({(place[code], place[move.to]) for code in codes for move in process.stage(code).moves})
    above = [pair for pair in pairs if pair[1] - pair[0] > 1]
    below = [pair for pair in pairs if pair[1] < pair[0]]
    top = 10 + _ABOVE_STEP * max((end - start for start, end in above), default=0)
    boxes = tuple(_box(process, code, place[code], top, here, past) for code in codes)
    edges = tuple(_edge(boxes, start, end, top, boxes[start].code == here) for start, end in pairs)
    height = top + _HEIGHT + 14 + _BELOW_STEP * max((start - end for start, end in below), default=0)
    return Picture(boxes, edges, _LEFT * 2 + len(codes) * (_WIDTH + _GAP) - _GAP, height)


def _box(process: Process, code: str, place: int, top: int, here: str, past: Collection[str]) -> Box:
    reachable = {move.to for move in process.stage(here).moves} if here in process.stages else set()
    css = "is-here" if code == here else "is-past" if code in past else "is-possible" if code in reachable else ""
    days = process.stage(code).allowed_days
    return Box(code, str(STAGES.get(code, code)), _LEFT + place * (_WIDTH + _GAP), top, css, days)


def _edge(boxes: tuple[Box, ...], start: int, end: int, top: int, is_possible: bool) -> Edge:
    one, other = boxes[start], boxes[end]
    css = "edge is-possible" if is_possible else "edge"
    if end == start + 1:
        x, y = other.x, top + _HEIGHT // 2
        return Edge(f"M{one.x + _WIDTH} {y}H{x - 5}", css, f"{x},{y} {x - 7},{y - 4} {x - 7},{y + 4}")
    if end > start:
        rise = top - _ABOVE_STEP * (end - start)
        begin, finish = one.middle + 14 + 4 * (end - start), other.middle - 14 - 8 * (end - start)
        path = _bridge(begin, finish, stand=top, turn=rise, corner=6, stop=top - 5)
        return Edge(path, css, f"{finish},{top} {finish - 4},{top - 7} {finish + 4},{top - 7}")
    foot = top + _HEIGHT
    fall = foot + _BELOW_STEP * (start - end)
    begin, finish = one.middle - 12, other.middle + 12
    path = _bridge(begin, finish, stand=foot, turn=fall, corner=-6, stop=foot + 5)
    return Edge(path, css, f"{finish},{foot} {finish - 4},{foot + 7} {finish + 4},{foot + 7}")


def _bridge(begin: int, finish: int, *, stand: int, turn: int, corner: int, stop: int) -> str:
    """Return a line up (or down) from one box, across, and back to another, its corners rounded."""
    first, last = begin + corner, finish - corner
    across = f"Q{begin} {turn} {first} {turn}H{last}Q{finish} {turn} {finish} {turn + corner}"
    return f"M{begin} {stand}V{turn + corner}{across}V{stop}"
