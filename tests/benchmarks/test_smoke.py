"""The harness works: three SMS each way and three calls by the floor. Nothing here is timed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from tests.benchmarks import bulk, latency, report
from tests.benchmarks.contestants import ALL
from tests.benchmarks.contestants.contestant import Letter, Turn
from tests.benchmarks.contestants.floor import Floor
from tests.benchmarks.figures import Bar, Table, percentile, summary
from tests.benchmarks.latency import Samples

COUNT = 3
PATIENCE_S = 60.0


def test_the_floor_forwards_and_rejects(tmp_path: Path) -> None:
    samples = Samples()
    latency.take_turn(Floor(), tmp_path, samples, COUNT, 0)
    assert samples.failure == ""
    assert (len(samples.notifications), len(samples.rejects)) == (COUNT, COUNT)
    assert (samples.lost, samples.calls_lost) == (0, 0)
    assert min(samples.starts + samples.notifications + samples.rejects) > 0


def test_nothing_is_lost_or_doubled_both_ways() -> None:
    passed = bulk.drive(Floor(), COUNT, COUNT, PATIENCE_S)
    assert passed.failure == ""
    assert (passed.outgoing, passed.forwarded) == (COUNT, COUNT)
    assert (passed.lost, passed.waiting) == (0, 0)
    assert (passed.outgoing_twice, passed.forwarded_twice) == (0, 0)


class _Deaf(Floor):
    """Sends what it is given and never looks at what comes in."""

    def prepare(self, folder: Path, port: Path, letters: Sequence[Letter]) -> None:
        super().prepare(folder, port, letters)
        script = Path(latency.__file__).parent / "contestants" / "floor_script.py"
        (folder / "deaf.py").write_text(script.read_text().replace("CNMI=2,1", "CNMI=0,0"))

    def command(self, folder: Path, port: Path) -> list[str]:
        python, _, *rest = super().command(folder, port)
        return [python, str(folder / "deaf.py"), *rest]


def test_what_is_never_forwarded_counts_as_lost(tmp_path: Path) -> None:
    with Turn(_Deaf(), tmp_path, bulk.letters(1)) as turn:
        assert turn.bed.witness.next(0, "sent", PATIENCE_S) is not None
        turn.bed.texts(0, COUNT)
        arrived = bulk.until(lambda: turn.bed.stored() == COUNT, PATIENCE_S)
        passed = bulk.count(turn, 1, COUNT, 1.0)
    assert arrived
    assert (passed.outgoing, passed.forwarded, passed.lost) == (1, 0, COUNT)


def test_the_figures_can_be_shown() -> None:
    assert [percentile([3.0, 1.0, 2.0], each) for each in (50, 99)] == [2.0, 3.0]
    table = Table("Two", ("", "n"), [("floor", "1")], bars=[Bar("floor", 0.002, 0.03)])
    assert "floor" in table.text()
    table.headlines = {"samples": "n"}
    assert summary([table]).splitlines()[-1] == "| floor | 1 |"
    drawn = ElementTree.fromstring(report.chart(table))  # noqa: S314 - our own text
    assert drawn.tag.endswith("svg")
    assert [each.name for each in ALL[:2]] == ["floor", "Veilleur"]
