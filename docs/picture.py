"""A picture of lines over days, as SVG text: axes with units, a grid, marks and a legend."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

# Pixels. The plot lies between the title above, the axes left and below, and the legend at the end.
_WIDTH: Final = 760
_LEFT: Final = 72
_RIGHT: Final = 24
_TOP: Final = 52
_HEIGHT: Final = 300
_AXIS: Final = 58
_ROW: Final = 22
_SAMPLE: Final = 4
# Told apart without colour too: every line has its own dashes (Okabe and Ito's colours).
_INKS: Final = (
    ("#0072b2", ""),
    ("#d55e00", "9 4"),
    ("#007a5a", "3 3"),
    ("#8f4a86", "12 4 3 4"),
)
_LEVELS: Final = tuple(tenth / 10 for tenth in range(0, 11, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A curve: its name, its value (0 to 1) after so many days, and the days at which it jumps."""

    name: str
    value: Callable[[float], float]
    jumps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A straight line that means something: at a day, or at a level."""

    name: str
    day: float | None = None
    level: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What one file shows."""

    title: str
    unit: str
    days: int
    every: int
    lines: Sequence[Line]
    marks: Sequence[Mark] = ()


@dataclass(frozen=True, slots=True)
class _Plane:
    """Where a day and a level lie in the picture."""

    days: int

    @property
    def right(self) -> int:
        return _WIDTH - _RIGHT

    @property
    def bottom(self) -> int:
        return _TOP + _HEIGHT

    def x(self, day: float) -> float:
        return _LEFT + (self.right - _LEFT) * day / self.days

    def y(self, level: float) -> float:
        return self.bottom - _HEIGHT * level


def svg(picture: Picture) -> str:
    """The text of a picture; the same for the same picture, always."""
    plane = _Plane(picture.days)
    levels = [one for one in picture.marks if one.level is not None]
    legend = plane.bottom + _AXIS
    height = legend + _ROW * (len(picture.lines) + len(levels)) + 4
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" font-family="system-ui, sans-serif" '
        'font-size="14" fill="#1c2430">'
    )
    # A ground of its own: the page may be light or dark.
    ground = (
        f'<rect x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="6" '
        'fill="#ffffff" stroke="#c3cad4"/>'
    )
    parts = [
        head,
        f"<title>{picture.title}</title>",
        ground,
        f'<text x="{_LEFT}" y="30" font-size="16" font-weight="600">{picture.title}</text>',
        *_axes(picture, plane),
        *_drawn(picture, plane),
        *_named(picture, levels, legend),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes(picture: Picture, plane: _Plane) -> Iterator[str]:
    for level in _LEVELS:
        y = plane.y(level)
        yield _stroke((_LEFT, y), (plane.right, y), "#e1e5ea")
        yield f'<text x="{_LEFT - 10}" y="{y + 5:.1f}" text-anchor="end">{level:g}</text>'
    for day in range(0, picture.days + 1, picture.every):
        x = plane.x(day)
        yield _stroke((x, _TOP), (x, plane.bottom), "#e1e5ea")
        yield f'<text x="{x:.1f}" y="{plane.bottom + 20}" text-anchor="middle">{day}</text>'
    yield _stroke((_LEFT, plane.bottom), (plane.right, plane.bottom), "#1c2430")
    yield _stroke((_LEFT, _TOP), (_LEFT, plane.bottom), "#1c2430")
    middle = _TOP + _HEIGHT // 2
    yield (
        f'<text x="{(_LEFT + plane.right) / 2:.1f}" y="{plane.bottom + 42}" '
        'text-anchor="middle">days since the last access (d)</text>'
    )
    yield (
        f'<text x="24" y="{middle}" text-anchor="middle" transform="rotate(-90 24 {middle})">'
        f"{picture.unit} (0 to 1)</text>"
    )


def _drawn(picture: Picture, plane: _Plane) -> Iterator[str]:
    above = 0
    for mark in picture.marks:
        if mark.level is not None:
            y = plane.y(mark.level)
            yield _stroke((_LEFT, y), (plane.right, y), "#5b6675", _dashes(mark))
        elif mark.day is not None:
            x = plane.x(mark.day)
            above += 1
            yield _stroke((x, _TOP), (x, plane.bottom), "#5b6675", "2 4")
            # One below the other, so that near days leave room for their names.
            yield (
                f'<text x="{x + 6:.1f}" y="{_TOP - 2 + 20 * above}">'
                f"{mark.name}: d = {mark.day:.0f}</text>"
            )
    for line, (colour, dashes) in zip(picture.lines, _INKS, strict=False):
        points = " ".join(
            f"{plane.x(day):.1f},{plane.y(level):.1f}" for day, level in _sampled(line, plane)
        )
        yield (
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"'
            f"{_dashed(dashes)}/>"
        )


def _sampled(line: Line, plane: _Plane) -> Iterator[tuple[float, float]]:
    """Points of the line from left to right; a jump is drawn upright."""
    count = (plane.right - _LEFT) // _SAMPLE
    grid = {plane.days * step / count for step in range(count + 1)}
    before = line.value(0.0)
    for day in sorted(grid | {at for at in line.jumps if at <= plane.days}):
        level = line.value(day)
        if line.jumps:
            yield day, before
        yield day, level
        before = level


def _named(picture: Picture, levels: Sequence[Mark], top: int) -> Iterator[str]:
    """The legend: a row for each line and each level."""
    entries = [
        (line.name, colour, dashes, "2.5")
        for line, (colour, dashes) in zip(picture.lines, _INKS, strict=False)
    ]
    entries += [(mark.name, "#5b6675", _dashes(mark), "1") for mark in levels]
    for row, (name, colour, dashes, width) in enumerate(entries):
        y = top + _ROW * row + 8
        yield (
            f'<line x1="{_LEFT}" y1="{y}" x2="{_LEFT + 44}" y2="{y}" stroke="{colour}" '
            f'stroke-width="{width}"{_dashed(dashes)}/>'
        )
        yield f'<text x="{_LEFT + 56}" y="{y + 5}">{name}</text>'


def _dashes(mark: Mark) -> str:
    return "1 3" if mark.name.startswith("floor") else "6 4"


def _stroke(
    start: tuple[float, float], end: tuple[float, float], colour: str, dashes: str = ""
) -> str:
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
        f'stroke="{colour}"{_dashed(dashes)}/>'
    )


def _dashed(dashes: str) -> str:
    return f' stroke-dasharray="{dashes}"' if dashes else ""
