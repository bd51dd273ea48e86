"""What the tests of the service centre have in common."""

from __future__ import annotations

from hw.simulator.ledger import MessageRecord
from hw.simulator.service_centre import SERVICE_CENTRE
from hw.simulator.terminal import DeliverAnswer, SubmitResult
from hw.simulator.tpdu import (
    Deliver,
    StatusReport,
    Submit,
    decode_from_centre,
)
from hw.simulator.user_data import split
from tests.simulator.network_bench import BOX, Bench

MINUTE_MS = 60_000
LONG = "Chute dans l'escalier, 3e étage, personne consciente. " * 6


def submit(
    bench: Bench, to: str, text: str, reference: int = 1, **options: object
) -> list[SubmitResult]:
    """The box submits each part of a text; the answers."""
    answers: list[SubmitResult] = []
    for number, content in enumerate(split(text, reference)):
        tpdu = Submit(reference + number, to, content, **options).encode()  # type: ignore[arg-type]
        bench.line.submit(tpdu, None, answers.append)
        bench.run(1000)
    return answers


def messages(bench: Bench, to: str = BOX) -> list[MessageRecord]:
    return list(bench.network.ledger.messages_to(to))


def accept_all(bench: Bench) -> list[Deliver | StatusReport]:
    """The box takes what it was offered, and goes on taking for a while."""
    taken: list[Deliver | StatusReport] = []
    for _ in range(20):
        while bench.box.deliveries:
            delivery = bench.box.deliveries.pop(0)
            assert delivery.service_centre == SERVICE_CENTRE
            taken.append(decode_from_centre(delivery.tpdu))
            delivery.answer(DeliverAnswer.ACCEPTED)
        bench.run(1500)
    return taken
