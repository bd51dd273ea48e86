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
        f"Rota: {year.work.edits} edits on the page, {year.work.relays} RELAIS by SMS,"
        f" {year.duty.notices} notices to who comes and goes, {len(box.books.work)} DEBUT",
        *_counted(year.words.outcomes),
        f"Longest queues: {year.discipline.queue_peaks}",
        *forwarding_words(year),
    ]
    if year.has_voice:
        lines += voice_words(year)
    struck = year.misfortune.counts() + year.mishaps.struck
    lines += ["Faults that struck:", *_counted(struck), *recovery_words(year)]
    lines += wait_words(year)
    return "\n".join(lines)


def wait_words(year: Year) -> list[str]:
    """The worst of all waits may be that of a network that was not there: so also the worst of
    the time in which SMS could leave."""
    waits = year.outgoing.waits
    if not waits:
        return []
    longest = max(waits, key=lambda wait: wait.wait_ms)
    ablest = max(waits, key=lambda wait: wait.able_ms)
    return [
        "From an alert to its SMS in the network:"
        f" median {median(wait.wait_ms for wait in waits) / 1000:.1f} s,"
        f" worst {longest.wait_ms / 1000:.0f} s at {_instant(year, longest.since_ms)};"
        " while SMS could leave"
        f" worst {ablest.able_ms / 1000:.0f} s at {_instant(year, ablest.since_ms)}"
    ]


def _instant(year: Year, at_ms: int) -> str:
    return f"{year.box.timeline.utc(at_ms):%m-%d %H:%M:%S}Z"


def forwarding_words(year: Year) -> list[str]:
    """What somebody changed behind the box's back it finds at its next glance or proof."""
    lines = []
    for what, wrong in (
        ("changed behind the box's back", year.forwarding.unknowable),
        ("and the box was to know it", year.forwarding.knowable),
    ):
        line = f"Forwarding was wrong without an alarm, {what}: {wrong.all_ms // 1000} s"
        if wrong.all_ms:
            line += f", {wrong.longest_ms // 1000} s at the longest,"
            line += f" until {_instant(year, wrong.longest_until_ms)}"
        lines.append(line)
    return lines


def recovery_words(year: Year) -> list[str]:
    """From each fault, or from its mending by people, until calls are taken again; and when the
    worst outage began, and of which faults it was, so that it can be looked at."""
    felt = year.outages.recoveries.felt
    if not felt:
        return []
    what = "until calls are taken again, in seconds"
    lines = [f"  {what:<{WIDTH}} {'times':>7} {'median':>7} {'worst':>7} at"]
    for fault, outages in sorted(felt.items()):
        times = [each.seconds for each in outages]
        worst = max(outages, key=lambda each: each.seconds)
        line = f"  {fault:<{WIDTH}} {len(times):>7} {median(times):>7.1f} {worst.seconds:>7.1f}"
        if worst.seconds:
            line += f" {_instant(year, worst.began_ms)}"
        if len(set(worst.faults)) > 1:
            line += f" {', '.join(dict.fromkeys(worst.faults))}"
        lines.append(line)
    return lines


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
        f" {len(year.box.books.outgoing)} SMS out, {len(year.box.deaths_ms)} deaths of the daemon"
    )


def _counted(counts: Counter[str]) -> list[str]:
    return [f"  {what:<{WIDTH}} {count:>7}" for what, count in sorted(counts.items()) if count]
