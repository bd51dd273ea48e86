"""What the modem tells of the network: +CREG and its kin, +CSQ, the clock, +CUSD."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hw.simulator.terminal import Cell, NetworkTime, Registration

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

# What a modem shows that nobody has told the time: the epoch of GPS, as Qualcomm's firmware does.
CLOCK_UNSET = datetime(1980, 1, 6, tzinfo=UTC)
E_UTRAN = 7  # 27.007 7.3 <AcT>
CSQ_UNKNOWN = 99  # 27.007 8.5
ON_AIR = (Registration.HOME, Registration.ROAMING, Registration.SMS_ONLY)


@dataclass(slots=True)
class _Clock:
    set_at_ms: int
    utc: datetime
    offset_quarters: int


class RegistrationDesk:
    """Reads the line's registration, tells its changes, and keeps the modem's clock."""

    def __init__(self, modem: Modem) -> None:
        self._modem = modem
        self._clock = _Clock(0, CLOCK_UNSET, 0)
        self._heard: tuple[int, NetworkTime] | None = None

    def lost(self) -> None:
        """The radio is off: nothing is heard any more (the clock runs on)."""
        self._heard = None

    def status(self) -> Registration:
        """<stat> of +CREG."""
        line = self._modem.line
        return Registration.NOT_SEARCHING if line is None else line.registration

    def cell(self) -> Cell | None:
        """The serving cell while registered."""
        line = self._modem.line
        if line is None or self.status() not in ON_AIR:
            return None
        technology = self._modem.model.access_technology
        return line.cell if technology is None else replace(line.cell, access_technology=technology)

    def signal(self) -> int:
        """<rssi> of +CSQ: 0..31, 2 dB a step from -113 dBm, 99 unknown (27.007 8.5)."""
        cell = self.cell()
        if cell is None:
            return CSQ_UNKNOWN
        return max(0, min(31, (cell.signal_dbm + 113) // 2))

    def packet_status(self, *, evolved: bool) -> Registration:
        """<stat> of +CEREG (`evolved`) or +CGREG: a cell is of one kind or of the other."""
        status = self.status()
        cell = self.cell()
        if cell is None:
            return status
        on_lte = cell.access_technology >= E_UTRAN
        if status is Registration.SMS_ONLY:
            status = Registration.HOME
        return status if on_lte == evolved else Registration.NOT_SEARCHING

    def place(self) -> str:
        """The <lac>,<ci>,<AcT> that mode 2 adds."""
        cell = self.cell()
        if cell is None:
            return ""
        return f',"{cell.location_area:04X}","{cell.cell_id:X}",{cell.access_technology}'

    def changed(self, registration: Registration) -> None:
        """The network told of a change: unsolicited +CREG, +CGREG, +CEREG as enabled."""
        settings = self._modem.settings
        packet = self.packet_status(evolved=False)
        evolved = self.packet_status(evolved=True)
        for name, mode, status in (
            ("+CREG", settings.creg, registration),
            ("+CGREG", settings.cgreg, packet),
            ("+CEREG", settings.cereg, evolved),
        ):
            if mode:
                place = self.place() if mode >= 2 and status in ON_AIR else ""
                self._modem.urc(f"{name}: {int(status)}{place}")

    # -- clock -------------------------------------------------------------------------------

    def network_time(self, time: NetworkTime) -> None:
        """NITZ: sets the clock with +CTZU=1, is told with +CTZR."""
        self._heard = (self._modem.timeline.now_ms, time)
        self.follow_network()
        zone = f"{time.offset_quarters:+03d}"
        if self._modem.settings.ctzr == 1:  # 27.007 8.41
            self._modem.urc(f'+CTZV: "{zone}"')
        elif self._modem.settings.ctzr == 2:
            local = time.utc + timedelta(minutes=15 * time.offset_quarters)
            self._modem.urc(f'+CTZE: "{zone}",{time.dst_hours},"{local:%Y/%m/%d,%H:%M:%S}"')

    def follow_network(self) -> None:
        """With +CTZU=1, take the network's last word for the time."""
        if self._modem.settings.ctzu and self._heard is not None:
            heard_ms, time = self._heard
            self._clock = _Clock(heard_ms, time.utc, time.offset_quarters)

    def set_clock(self, local: datetime, offset_quarters: int) -> None:
        """+CCLK= : `local` is wall-clock time without a zone."""
        utc = local.replace(tzinfo=UTC) - timedelta(minutes=15 * offset_quarters)
        self._clock = _Clock(self._modem.timeline.now_ms, utc, offset_quarters)

    def clock_text(self) -> str:
        """yy/MM/dd,hh:mm:ss+zz: local time and its distance from UTC in quarters (27.007 8.15)."""
        return f"{self.local_time():%y/%m/%d,%H:%M:%S}{self._clock.offset_quarters:+03d}"

    def local_time(self) -> datetime:
        """Wall-clock time as the modem believes it to be."""
        clock = self._clock
        utc = clock.utc + timedelta(milliseconds=self._modem.timeline.now_ms - clock.set_at_ms)
        if self._modem.model.clock_keeps_gmt and self._modem.settings.ctzu == 1:
            return utc
        return utc + timedelta(minutes=15 * clock.offset_quarters)

    # -- USSD --------------------------------------------------------------------------------

    def ussd(self, text: str, *, reply_expected: bool) -> None:
        """The network's own word; silent under +CUSD=0."""
        if self._modem.settings.cusd == 1:
            self.ussd_answer(text, reply_expected=reply_expected)

    def ussd_answer(self, text: str, *, reply_expected: bool = False) -> None:
        """+CUSD: <m>,<str>,<dcs> (27.007 7.15)."""
        shown = self._modem.model.ussd_text(text) or self._modem.messages.in_character_set(text)
        self._modem.urc(f'+CUSD: {int(reply_expected)},"{shown}",15')

    def ussd_failed(self, m: int) -> None:
        """+CUSD: 4 not supported, 5 network time-out."""
        if self._modem.settings.cusd == 1:
            self._modem.urc(f"+CUSD: {m}")
