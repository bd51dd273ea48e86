"""The ledger of a run, in words and figures."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.year import Year

WIDTH = 62


def ledger_words(year: Year) -> str:
    """What came in, what became of it, how long the box needed, what the queues came to."""
    box, outgoing = year.box, year.outgoing
    lines = [
        f"{year.days} days from {year.begin:%Y-%m-%d}, seed {year.seed},"
        f" faults {year.faults:g}: {box.steps} steps, {box.effects} effects",
        "",
        f"Calls to the box: {year.calls.calls}",
        *_counted(year.calls.outcomes),
        f"SMS sent to the box: {len(year.texts.sent)} with a number of their own",
        *_counted(year.texts.outcomes),
        f"SMS of the box: {len(box.books.outgoing)}, handed to the network"
        f" {outgoing.submissions} times in parts, {outgoing.twice} of them twice",
        *_counted(outgoing.states()),
        f"Alerts: {len(box.books.alerts)}",
        *_counted(Counter(a.row.state.value for a in box.books.alerts.values())),
        f"The staff answered: {dict(sorted(year.work.people.answers.items()))}",
        f"Rota: {year.work.edits} edits on the page, {year.work.relays} RELAIS by SMS",
        f"Longest queues: {year.discipline.queue_peaks}",
        f"Forwarding was wrong for {year.forwarding.wrong_ms // 1000} s without an alarm,"
        f" {year.forwarding.longest_ms // 1000} s at the longest",
    ]
    if year.has_voice:
        lines += voice_words(year)
    struck = year.misfortune.counts() + year.mishaps.struck
    lines += ["Faults that struck:", *_counted(struck), *recovery_words(year)]
    waits = sorted(outgoing.waits_ms)
    if waits:
        lines.append(
            f"From an alert to its SMS in the network: median {median(waits) / 1000:.1f} s,"
            f" worst {waits[-1] / 1000:.0f} s"
        )
    return "\n".join(lines)


def recovery_words(year: Year) -> list[str]:
    """From each fault, or from its mending by people, until calls are taken again."""
    seconds = year.outages.recoveries.seconds
    if not seconds:
        return []
    head = f"  {'until calls are taken again, in seconds':<{WIDTH}} {'median':>7} {'worst':>7}"
    return [
        head,
        *(
            f"  {fault:<{WIDTH}} {median(times):>7.1f} {max(times):>7.1f}"
            for fault, times in sorted(seconds.items())
        ),
    ]


def voice_words(year: Year) -> list[str]:
    """What came of calls that were answered, and how long callers waited."""
    waits, mishaps = year.voice.waits, year.mishaps
    lines = [f"Answered by voice: {waits.answered} calls, by a {year.box.modem.model.name}"]
    for name, times in (("a human", waits.human_s), ("a clear choice", waits.choice_s)):
        if times:
            spread = f"median {median(times):.0f} s, longest {max(times):.0f} s"
            lines.append(f"  seconds until {name}, {len(times)} times: {spread}")
    struck = Counter({f"  struck while {stage}": n for stage, n in mishaps.stages.items()})
    return [*lines, *_counted(struck)]


def headline(year: Year) -> str:
    """One line for a run among many."""
    spoken = f" {year.voice.waits.answered} answered by voice," if year.has_voice else ""
    return (
        f"{year.calls.calls} calls,{spoken} {len(year.texts.sent)} SMS in,"
        f" {len(year.box.books.outgoing)} SMS out, {year.box.deaths} deaths of the daemon"
    )


def _counted(counts: Counter[str]) -> list[str]:
    return [f"  {what:<{WIDTH}} {count:>7}" for what, count in sorted(counts.items()) if count]
