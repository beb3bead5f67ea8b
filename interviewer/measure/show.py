"""A calibration for people: the lines of a table, a short badge, and one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from interviewer.locales import Words
from interviewer.measure.calibration import Attack, Calibration, Reason
from interviewer.measure.statistics import Interval
from interviewer.measure.verdict import GAPS, Limit, thresholds
from interviewer.report import TEMPLATES
from interviewer.schema import Record

FIGURES = (
    "answers",
    "accuracy",
    "kappa",
    "precision",
    "recall",
    "mistakes_right",
    "mistakes_found",
    "qwk",
    "mae",
    "order",
    "order_en",
    "order_zh",
    "questions_in_order",
    "language_gap",
    "language_accuracy_gap",
    "length_gap",
    "same_verdict",
    "score_spread",
    "attacks",
    "not_graded",
    "not_assessed",
)
_SHARES = {"accuracy", "precision", "recall", "mistakes_right", "mistakes_found"}
_SHARES |= {"order", "order_en", "order_zh", "questions_in_order"}
_SHARES |= {"same_verdict", "attacks", "not_graded", "not_assessed"}
_MOST_DISAGREEMENTS = 40


class Line(Record):
    """One figure, in words."""

    name: str
    value: str
    interval: str
    wanted: str
    "What trust asks of it."
    bearable: str
    "What “with care” asks of it."
    bar: float
    "0 to 1."
    whisker: tuple[float, float] | None
    "The interval on the same scale."
    verdict: str
    "trust | care | dont: what this figure alone would earn; empty where no limit is set."


class Family(Record):
    name: str
    tried: int
    won: int


def lines(calibration: Calibration, w: Words) -> list[Line]:
    return [_line(name, calibration.figures[name], w) for name in FIGURES if name in calibration.figures]


def _line(name: str, found: Interval, w: Words) -> Line:
    wanted, bearable = thresholds()["trust"].get(name), thresholds()["care"].get(name)
    low, high = found.low, found.high
    known = low is not None and high is not None
    return Line(
        name=w(f"calibrate.figures.{name}"),
        value=said(name, found.value, w),
        interval=f"{said(name, low, w)} … {said(name, high, w)}" if known else "",
        wanted=_limit(name, wanted, w),
        bearable=_limit(name, bearable, w),
        bar=0.0 if found.value is None or name == "answers" else min(1.0, abs(found.value)),
        whisker=_whisker(low, high) if low is not None and high is not None and name not in GAPS else None,
        verdict=_earned(name, found, wanted, bearable),
    )


def said(name: str, value: float | None, w: Words) -> str:
    """A figure as it is read: shares in per cent, gaps with their sign."""
    if value is None:
        return w("calibrate.not_measured")
    if name == "answers":
        return f"{value:.0f}"
    if name in _SHARES:
        return f"{value:.0%}"
    rounded = round(value, 2) + 0.0  # no minus before nothing
    return f"{rounded:+.2f}" if name in GAPS else f"{rounded:.2f}"


def _limit(name: str, limit: Limit | None, w: Words) -> str:
    if limit is None:
        return ""
    surely = w("calibrate.surely") if limit.surely else ""
    if limit.at_least is not None:
        return w("calibrate.at_least", limit=_bare(name, limit.at_least, w)) + surely
    return w("calibrate.at_most", limit=_bare(name, limit.at_most, w)) + surely


def _bare(name: str, limit: float | None, w: Words) -> str:
    return said("mae" if name in GAPS else name, limit, w)


def _whisker(low: float, high: float) -> tuple[float, float]:
    return max(0.0, min(1.0, low)), max(0.0, min(1.0, high))


def _earned(name: str, found: Interval, wanted: Limit | None, bearable: Limit | None) -> str:
    if wanted is None and bearable is None:
        return ""
    if wanted is None or wanted.broken_by(name, found) is None:
        return "trust"
    return "care" if bearable is None or bearable.broken_by(name, found) is None else "dont"


def reason(reason: Reason, w: Words) -> str:
    limit = w(
        "calibrate.at_least" if reason.least else "calibrate.at_most", limit=_bare(reason.figure, reason.limit, w)
    )
    figure = w(f"calibrate.figures.{reason.figure}")
    return f"{figure}: {said(reason.figure, reason.found, w)} ({limit})"


def kept_from(calibration: Calibration, w: Words) -> str:
    """The heading over the reasons; empty where there is none."""
    if calibration.who.grader == "builtin" and calibration.verdict == "care":
        return w("calibrate.never_trusted")
    if not calibration.reasons:
        return ""
    return w("calibrate.kept_from_trust" if calibration.verdict == "care" else "calibrate.kept_from_care")


def grader_name(calibration: Calibration, w: Words) -> str:
    who = calibration.who
    if who.grader == "builtin":
        return w("calibrate.builtin")
    return w("calibrate.grader", model=who.model, host=who.endpoint)


class Measured(Record):
    """What stands beside a grader's name."""

    level: str
    "trust | care | dont; empty where it was not measured, and for the built-in check."
    verdict: str
    "In a word or two; empty for the built-in check."
    short: str
    "Of a model date, verdict and kappa; of the check how much of what it finds is right, and how much it finds."
    full: str
    "A sentence."
    reasons: tuple[str, ...] = ()
    "What kept it from the next better verdict, under `heading`."
    heading: str = ""
    command: str = ""
    "Measures it, where that was not done."


def measured(calibration: Calibration | None, current: bool, w: Words) -> Measured:
    """`current`: this very version of grader and bank was measured."""
    if calibration is None:
        none, command = w("calibrate.not_measured"), "interviewer calibrate --grader llm"
        return Measured(level="", verdict=none, short=none, full=w("calibrate.not_measured_yet"), command=command)
    found = {name: said(name, calibration.figures[name].value, w) for name in ("accuracy", "kappa")}
    verdict, date = w(f"calibrate.verdicts.{calibration.verdict}"), f"{calibration.date:%Y-%m-%d}"
    if not current:
        short = w("calibrate.badge_other", date=date, verdict=verdict, kappa=found["kappa"])
        return Measured(level=calibration.verdict, verdict=verdict, short=short, full=short)
    return Measured(
        level=calibration.verdict,
        verdict=verdict,
        short=w("calibrate.badge", date=date, verdict=verdict, kappa=found["kappa"]),
        full=w("calibrate.badge_full", date=date, verdict=verdict, answers=calibration.answers, **found),
        reasons=tuple(reason(r, w) for r in calibration.reasons),
        heading=kept_from(calibration, w),
    )


def measured_check(calibration: Calibration | None, current: bool, w: Words) -> Measured:
    """Of the built-in check: no verdict, but what was measured."""
    if calibration is None:
        none = w("calibrate.not_measured")
        return Measured(level="", verdict="", short=none, full=none, command="interviewer calibrate")
    found = {name: said(name, calibration.figures[name].value, w) for name in ("precision", "recall")}
    key = "check_blind" if calibration.blind else "check_labelled"
    full = w(f"calibrate.{key}", date=f"{calibration.date:%Y-%m-%d}", answers=calibration.answers, **found)
    if not current:
        full = w("calibrate.check_other", said=full)
    return Measured(level="", verdict="", short=w("calibrate.check_short", **found), full=full)


def used(calibration: Calibration, w: Words) -> str:
    usage = calibration.usage
    if not usage.calls:
        return w("setup.free")
    return w(
        "calibrate.used",
        calls=usage.calls,
        input=f"{usage.input_tokens:,}",
        output=f"{usage.output_tokens:,}",
        cost=dollars(usage.cost, w),
    )


def seconds(calibration: Calibration, w: Words) -> str:
    if calibration.seconds_median is None or calibration.seconds_95 is None:
        return ""
    return w("calibrate.seconds", median=f"{calibration.seconds_median:.2f}", most=f"{calibration.seconds_95:.2f}")


def dollars(cost: float | None, w: Words) -> str:
    return w("calibrate.price_unknown") if cost is None else f"${cost:.4f}"


def families(attacks: Sequence[Attack]) -> list[Family]:
    names = dict.fromkeys(a.family for a in attacks)
    here = {name: [a for a in attacks if a.family == name] for name in names}
    return [Family(name=name, tried=len(held), won=sum(a.succeeded for a in held)) for name, held in here.items()]


def html(calibration: Calibration, w: Words) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["share"] = lambda value: "–" if value is None else f"{value:.0%}"
    environment.filters["width"] = lambda value: f"{100 * max(0.0, min(1.0, value or 0.0)):.1f}%"
    return environment.get_template("calibration.html").render(
        calibration=calibration,
        w=w,
        name=grader_name(calibration, w),
        lines=lines(calibration, w),
        heading=kept_from(calibration, w),
        reasons=[reason(r, w) for r in calibration.reasons],
        families=families(calibration.attacks),
        used=used(calibration, w),
        seconds=seconds(calibration, w),
        disagreements=calibration.disagreements[:_MOST_DISAGREEMENTS],
        more=max(0, len(calibration.disagreements) - _MOST_DISAGREEMENTS),
    )
