"""Draws the curves of docs/policies.md as SVG, from the functions that recall and decay use.

    python -m docs.curve

A test draws them again and compares byte for byte, so no picture can differ from the code.
"""

from pathlib import Path
from typing import Final

from docs.picture import Line, Mark, Picture, svg
from nrem.policy.decay import days_until_faded, effective_importance, retention, stability_days
from nrem.policy.params import Policy
from nrem.policy.params_fade import Curve, CurveKind

FOLDER: Final = Path(__file__).with_name("curves")
_POLICY: Final = Policy.default()
_EPISODIC: Final = _POLICY.decay.episodic
_WORKING: Final = _POLICY.decay.working
_STEPS: Final = ((1.0, 0.8), (7.0, 0.5), (30.0, 0.1))
_IMPORTANCE: Final = 0.6


def pictures() -> dict[str, str]:
    """The text of each picture by its file name."""
    shown = {
        "exponential.svg": _exponential(),
        "logarithmic.svg": _logarithmic(),
        "step.svg": _step(),
        "use.svg": _use(),
        "compared.svg": _compared(),
    }
    return {name: svg(picture) for name, picture in shown.items()}


def _exponential() -> Picture:
    return Picture(
        title="Exponential: R = 2^(-d / S)",
        unit="retention R",
        days=90,
        every=10,
        lines=(
            _retained("episodic: S = 14 days", _EPISODIC),
            _retained("working: S = 3 days", _WORKING),
        ),
        marks=(Mark(name="half is left at d = S, the half-life", level=0.5),),
    )


def _logarithmic() -> Picture:
    return Picture(
        title="Logarithmic: R = 1 / (1 + ln(1 + d / S))",
        unit="retention R",
        days=90,
        every=10,
        lines=(
            _retained("S = 14 days", _curve(CurveKind.LOGARITHMIC)),
            _retained("S = 3 days", _curve(CurveKind.LOGARITHMIC, days=3.0)),
        ),
        marks=(Mark(name="half is left at d = (e - 1) S, about 1.72 S", level=0.5),),
    )


def _step() -> Picture:
    curve = _curve(CurveKind.STEP)
    return Picture(
        title="Step: [[1, 0.8], [7, 0.5], [30, 0.1]]",
        unit="retention R",
        days=90,
        every=10,
        lines=(
            _retained("never used: the days of the table", curve),
            _retained("used 3 times: the days times S / stability_days = 1.69", curve, used=3),
        ),
    )


def _use() -> Picture:
    return Picture(
        title="Use slows fading: S = 14 (1 + 0.5 ln(1 + accesses))",
        unit="effective importance",
        days=180,
        every=30,
        lines=[
            _left(f"{used} accesses: S = {stability_days(_EPISODIC, used):.1f} days", used=used)
            for used in (0, 2, 5, 20)
        ],
        marks=(
            Mark(
                name=f"forget_below = {_POLICY.decay.forget_below:g}",
                level=_POLICY.decay.forget_below,
            ),
        ),
    )


def _compared() -> Picture:
    decay, tiers = _POLICY.decay, _POLICY.tiers
    faded = days_until_faded(
        _IMPORTANCE, below=decay.forget_below, curve=_EPISODIC, stability_days=14.0
    )
    return Picture(
        title=f"Three curves, and what ends a memory (importance {_IMPORTANCE}, S = 14 days)",
        unit="effective importance",
        days=90,
        every=10,
        lines=(
            _left("exponential"),
            _left("logarithmic", CurveKind.LOGARITHMIC),
            _left("step: [[1, 0.8], [7, 0.5], [30, 0.1]]", CurveKind.STEP),
        ),
        marks=(
            Mark(name="short archived", day=tiers.short_idle_days),
            Mark(name="long archived", day=tiers.long_idle_days),
            Mark(name="exponential forgotten", day=faded),
            Mark(name=f"forget_below = {decay.forget_below:g}", level=decay.forget_below),
            Mark(name=f"floor = {_EPISODIC.floor:g}", level=_EPISODIC.floor),
        ),
    )


def _curve(kind: CurveKind, *, days: float = 14.0) -> Curve:
    return Curve(kind=kind, stability_days=days, steps=_STEPS if kind is CurveKind.STEP else ())


def _retained(name: str, curve: Curve, *, used: int = 0) -> Line:
    stretched = stability_days(curve, used)
    return Line(
        name=name,
        value=lambda days: retention(days, curve=curve, stability_days=stretched),
        jumps=_jumps(curve, stretched),
    )


def _left(name: str, kind: CurveKind = CurveKind.EXPONENTIAL, *, used: int = 0) -> Line:
    curve = _curve(kind)
    stretched = stability_days(curve, used)
    return Line(
        name=name,
        value=lambda days: effective_importance(
            _IMPORTANCE, days=days, curve=curve, stability_days=stretched
        ),
        jumps=_jumps(curve, stretched),
    )


def _jumps(curve: Curve, stretched: float) -> tuple[float, ...]:
    return tuple(at * stretched / curve.stability_days for at, _ in curve.steps)


def main() -> None:
    """Write the pictures into docs/curves."""
    for name, text in pictures().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
