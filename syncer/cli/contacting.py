"""What `channel check` says of a shop: its survey, its assumptions, what surprised us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.contract import Courier, Survey
    from syncer.channels.checking import Checked
    from syncer.channels.contact import Drift, Judged


def as_json(checked: Checked) -> dict[str, Any]:
    """The check as plain values, by the contract's own names."""
    from syncer.channels.contact import SURVEY, mark_of

    return {
        "stage": checked.stage.shown,
        "survey": None if checked.survey is None else SURVEY.dump_python(checked.survey, mode="json"),
        "warnings": list(checked.warnings),
        "assumptions": [_assumption_json(one) for one in checked.assumptions],
        "drift": [_drift_json(one) for one in checked.drifts],
        "mark": mark_of(checked.open) if checked.open else None,
    }


def _assumption_json(one: Judged) -> dict[str, Any]:
    from syncer.texts import told

    return {
        "id": one.assumption.id, "verdict": one.verdict.value, "assumed": one.assumed, "seen": dict(one.seen),
        "text": told(one.assumption.text), "source": one.assumption.source,
    }  # fmt: skip


def _drift_json(one: Drift) -> dict[str, Any]:
    return {
        "notion": one.notion, "name": one.name, "operation": one.operation, "seen": one.position,
        "assumed": one.assumed, "evidence": one.evidence, "first_seen": one.first_seen, "last_seen": one.last_seen,
        "accepted_by": one.accepted_by, "accepted_at": one.accepted_at,
    }  # fmt: skip


def lines(name: str, checked: Checked) -> Iterator[str]:
    """The check for a person, below the channel's own line."""
    from syncer.report.words import channel_word
    from syncer.texts import _

    yield _("stage: {stage}").format(stage=channel_word(checked.stage.shown))
    if checked.survey is not None:
        yield from _survey(checked.survey)
    yield from (f"! {warning}" for warning in checked.warnings)
    yield from _assumptions(checked)
    yield from _drift(name, checked)


def _survey(survey: Survey) -> Iterator[str]:
    from syncer.report.dates import local
    from syncer.texts import _

    if survey.name:
        yield _("shop: {name}").format(name=survey.name)
    if survey.locations:
        named = ", ".join(f"{one.id} {one.name}" if one.name != one.id else one.id for one in survey.locations)
        yield _("stock lies in: {locations}").format(locations=named)
    if survey.storefronts:
        yield _("storefronts: {names}").format(names=", ".join(survey.storefronts))
    for courier in survey.couriers:
        yield _courier(courier)
    if survey.listings_now is not None:
        most = survey.listings_most if survey.listings_most is not None else _("limit not said")
        yield _("listings in the shop: {now} ({most})").format(now=survey.listings_now, most=most)
    if survey.clock_skew_s is not None:
        yield _("the shop's clock less ours: {seconds} s").format(seconds=round(survey.clock_skew_s))
    if survey.grant_ends is not None:
        yield _("the owner's consent ends: {when}").format(when=local(survey.grant_ends))


def _courier(courier: Courier) -> str:
    from syncer.texts import _

    state = _("enabled") if courier.enabled else _("off")
    bounds = []
    if courier.weight_g is not None:
        bounds.append(_("{least} to {most} g").format(least=courier.weight_g[0], most=courier.weight_g[1]))
    if courier.size_cm is not None:
        bounds.append(_("at most {size} cm").format(size=" × ".join(map(str, courier.size_cm))))
    said = ", ".join(bounds) or _("limits not said")
    return _("courier {id} {name}: {state}, {bounds}").format(
        id=courier.id, name=courier.name, state=state, bounds=said
    )


def _assumptions(checked: Checked) -> Iterator[str]:
    from syncer.channels.contact import Verdict
    from syncer.report.words import assumption_word
    from syncer.texts import _, told

    for verdict in (Verdict.contradicted, Verdict.confirmed, Verdict.not_yet_seen):
        found = [one for one in checked.assumptions if one.verdict is verdict]
        if found:
            yield _("assumptions {verdict}: {count} of {all}").format(
                verdict=assumption_word(verdict.value), count=len(found), all=len(checked.assumptions)
            )
        for one in found:
            yield f"  {one.assumption.id} = {one.assumed}: {told(one.assumption.text)}" + _seen(one)


def _seen(one: Judged) -> str:
    from syncer.texts import _

    if not one.seen:
        return ""
    said = ", ".join(f"{position} ({evidence})" for position, evidence in one.seen.items())
    return " " + _("Seen: {said}.").format(said=said)


def _drift(name: str, checked: Checked) -> Iterator[str]:
    from syncer.channels.contact import mark_of
    from syncer.report.words import notion_word
    from syncer.texts import _

    for one in checked.open:
        if one.notion != "assumption":
            where = f"{one.operation}: {one.evidence}" if one.evidence else one.operation
            yield f"! {notion_word(one.notion)} {one.name} ({where})"
    if checked.open:
        text = _("somebody should look: `syncer channel accept {channel} {mark}` lets the channel go on")
        yield text.format(channel=name, mark=mark_of(checked.open))
