"""What can be done in a scenario by people, by the network, and with the modem."""

from __future__ import annotations

from dataclasses import replace

from hw.simulator.causes import SsError
from hw.simulator.faults import Fault
from hw.simulator.forwarding import CONDITIONAL, REASONS, ForwardingBehaviour
from hw.simulator.services import UssdPage
from hw.simulator.subscriber import Coverage
from hw.simulator.terminal import ForwardingReason
from tests.scenarios.phrases import Book, SentenceError
from tests.scenarios.stage import Stage
from tests.simulation.world import BOX

ACTIONS: Book[None] = Book()
act = ACTIONS.says

REASON_NAMES = {
    "busy": ForwardingReason.BUSY,
    "no reply": ForwardingReason.NO_REPLY,
    "not reachable": ForwardingReason.NOT_REACHABLE,
    "all calls": ForwardingReason.UNCONDITIONAL,
}
ALWAYS = 1_000_000


# People


@act("<who:who> calls[ for <patience:duration>]")
def _calls(stage: Stage, who: str, patience: float | None) -> None:
    stage.world.call(stage.number(who), patience_s=patience or 40)


@act("<who:who> calls withheld[ for <patience:duration>]")
def _calls_withheld(stage: Stage, who: str, patience: float | None) -> None:
    stage.world.call(stage.number(who), withheld=True, patience_s=patience or 40)


@act("<who:who> hangs up")
def _hangs_up(stage: Stage, who: str) -> None:
    if not stage.phone(who).hang_up():
        raise SentenceError(f"{who} is in no call")


@act("<who:who> texts <text:text>")
def _texts(stage: Stage, who: str, text: str) -> None:
    stage.world.text(stage.number(who), text)


@act("<who:who> answers[ after <wait:duration>]")
def _answers(stage: Stage, who: str, wait: float | None) -> None:
    phone = stage.phone(who)
    phone.refuse_after_ms, phone.answer_after_ms = None, round((wait or 0) * 1000)


@act("<who:who> does not answer")
def _does_not_answer(stage: Stage, who: str) -> None:
    phone = stage.phone(who)
    phone.refuse_after_ms = phone.answer_after_ms = None


@act("<who:who> refuses calls[ after <wait:duration>]")
def _refuses(stage: Stage, who: str, wait: float | None) -> None:
    stage.phone(who).refuse_after_ms = round((wait or 1) * 1000)


@act("<who:who> talks for <time:duration>")
def _talks(stage: Stage, who: str, time: float) -> None:
    stage.phone(who).talk_ms = round(time * 1000)


@act("<who:who> is busy")
def _busy(stage: Stage, who: str) -> None:
    stage.phone(who).busy = True


@act("<who:who> is free")
def _free(stage: Stage, who: str) -> None:
    stage.phone(who).busy = False


@act("<who:who> is off")
def _off(stage: Stage, who: str) -> None:
    stage.phone(who).switch_off()


@act("<who:who> is on")
def _on(stage: Stage, who: str) -> None:
    stage.phone(who).switch_on()


@act("<who:who> has a voicemail")
def _voicemail(stage: Stage, who: str) -> None:
    """It takes what its owner does not: busy, no reply, not reachable."""
    stage.world.network.voicemail()
    for reason in CONDITIONAL:
        stage.world.network.change_forwarding(stage.number(who), reason, "888")


# The network


def _behaviour(stage: Stage, behaviour: ForwardingBehaviour) -> None:
    stage.world.network.subscriber(BOX).forwarding.behaviour = behaviour


@act("network refuses forwarding")
def _refuses_forwarding(stage: Stage) -> None:
    _behaviour(stage, ForwardingBehaviour(refused=frozenset(REASONS)))


@act("network accepts forwarding")
def _accepts_forwarding(stage: Stage) -> None:
    _behaviour(stage, ForwardingBehaviour())


@act("network pretends to forward")
def _pretends(stage: Stage) -> None:
    _behaviour(stage, ForwardingBehaviour(accepted_not_applied=frozenset(REASONS)))


@act("network changes <reason:reason> to <to:who>")
def _changes(stage: Stage, reason: str, to: str) -> None:
    number = None if to == "nobody" else stage.number(to)
    stage.world.network.change_forwarding(BOX, REASON_NAMES[reason], number)


@act("network fails <count:number> service commands")
def _fails(stage: Stage, count: int) -> None:
    errors = stage.world.network.subscriber(BOX).conditions.ss_errors
    errors.extend([SsError.SYSTEM_FAILURE] * count)


@act("network does not answer <count:number> service commands")
def _unanswered(stage: Stage, count: int) -> None:
    stage.world.network.subscriber(BOX).conditions.ss_answers_lost += count


@act("network shows no callers")
def _no_callers(stage: Stage) -> None:
    subscriber = stage.world.network.subscriber(BOX)
    subscriber.profile = replace(subscriber.profile, clip=False)


@act("network does not forward refused calls")
def _no_udub(stage: Stage) -> None:
    subscriber = stage.world.network.subscriber(BOX)
    subscriber.profile = replace(subscriber.profile, udub_forwards=False)


@act("network loses the box")
def _loses(stage: Stage) -> None:
    stage.world.network.set_coverage(BOX, Coverage.NONE)


@act("network denies the box")
def _denies(stage: Stage) -> None:
    stage.world.network.set_coverage(BOX, Coverage.DENIED)


@act("network asks the box <text:text>")
def _asks(stage: Stage, text: str) -> None:
    """A dialogue that the network begins (22.090 5.2), such as an offer to be accepted."""
    stage.world.modem.registration.ussd_answer(text, reply_expected=True)


@act("network takes the box for texts only")
def _texts_only(stage: Stage) -> None:
    """+CREG: 6, as where a modem may not use VoLTE and there is no older network."""
    stage.world.network.set_coverage(BOX, Coverage.SMS_ONLY)


@act("network reaches the box no more")
def _deaf(stage: Stage) -> None:
    """Registered, and neither calls nor SMS arrive: the fault that nobody notices."""
    stage.world.network.set_deaf(BOX, True)


@act("network reaches the box again")
def _heard(stage: Stage) -> None:
    stage.world.network.set_deaf(BOX, False)


@act("network takes the box")
def _takes(stage: Stage) -> None:
    stage.world.network.set_coverage(BOX, Coverage.HOME)


@act("network makes calls wait")
def _makes_wait(stage: Stage) -> None:
    """Somebody has switched call waiting on from another telephone with this SIM."""
    stage.world.network.subscriber(BOX).call_waiting_classes |= 1


@act("operator answers <code:text> with <text:text>")
def _operator(stage: Stage, code: str, text: str) -> None:
    stage.world.network.ussd_pages[code] = UssdPage(text)


@act("operator no longer answers <code:text>")
def _operator_silent(stage: Stage, code: str) -> None:
    stage.world.network.ussd_pages.pop(code, None)


# The modem, its cable and its card


@act("unplug")
def _unplug(stage: Stage) -> None:
    stage.world.unplug()


@act("plug[ as <port:word>]")
def _plug(stage: Stage, port: str | None) -> None:
    stage.world.plug(port)


@act("port drops")
def _port_drops(stage: Stage) -> None:
    stage.world.drop_port()


@act("port hangs")
def _port_hangs(stage: Stage) -> None:
    """The first of the modem's AT ports neither listens nor speaks until the modem restarts."""
    stage.world.first_port_hangs = True


@act("modem restarts")
def _restarts(stage: Stage) -> None:
    stage.world.modem.restart(orderly=False)


@act("modem falls silent")
def _silent(stage: Stage) -> None:
    stage.world.wire.strike(Fault.MUTE)


@act("modem speaks again")
def _speaks(stage: Stage) -> None:
    stage.world.wire.clear()


@act("modem refuses <command:text>[ <count:number> times]")
def _modem_refuses(stage: Stage, command: str, count: int | None) -> None:
    stage.world.refused[command] = ALWAYS if count is None else count


@act("modem accepts <command:text>")
def _modem_accepts(stage: Stage, command: str) -> None:
    stage.world.refused.pop(command, None)


@act("modem loses <line:text>[ <count:number> times]")
def _modem_loses(stage: Stage, line: str, count: int | None) -> None:
    stage.world.swallowed[line] = ALWAYS if count is None else count


@act("modem loses the answer to <command:text>")
def _modem_loses_answer(stage: Stage, command: str) -> None:
    stage.world.unanswered.add(command)


@act("modem tells <line:text>")
def _modem_tells(stage: Stage, line: str) -> None:
    stage.world.swallowed.pop(line, None)


@act("modem delays <line:text> by <wait:duration>")
def _modem_delays(stage: Stage, line: str, wait: float) -> None:
    stage.world.delayed_ms[line] = round(wait * 1000)


@act("Box answers the phone")
def _box_answers(stage: Stage) -> None:
    """Somebody presses the key of the modem, or a program has left automatic answering on."""
    if stage.world.modem.line is None:
        raise SentenceError("the modem is on no network")
    stage.world.modem.line.answer()


@act("sim is removed")
def _sim_removed(stage: Stage) -> None:
    """Takes effect at the modem's next look; most slots need a restart to notice."""
    stage.world.sim.present = False


@act("sim is inserted")
def _sim_inserted(stage: Stage) -> None:
    stage.world.sim.present = True
    stage.world.modem.attach_when_possible()


@act("sim is busy")
def _sim_busy(stage: Stage) -> None:
    stage.world.sim.busy = True


@act("sim is ready")
def _sim_ready(stage: Stage) -> None:
    stage.world.sim.busy = False
    stage.world.modem.attach_when_possible()


@act("sim forgets its number")
def _sim_forgets(stage: Stage) -> None:
    """EF MSISDN is empty, as on most French cards."""
    stage.world.sim.number = None


@act("sim becomes another card")
def _sim_becomes(stage: Stage) -> None:
    """The operator has sent a new card for the same number."""
    stage.world.sim.iccid = "8933" + "9" * 15


@act("sim has <count:number> PIN tries left")
def _sim_tries(stage: Stage, count: int) -> None:
    stage.world.sim.pin_tries = count
