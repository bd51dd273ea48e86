"""Everything that AT commands set and that a restart, ATZ or AT&F puts back."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class ModemSettings:
    """Named after the commands; a family's own defaults come from its model."""

    cmee: int = 0  # 27.007 9.1
    creg: int = 0  # 27.007 7.2
    cgreg: int = 0  # 27.007 10.1.20
    cereg: int = 0  # 27.007 10.1.22
    clip: int = 0  # 27.007 7.6
    clir: int = 0  # 27.007 7.7
    colp: int = 0  # 27.007 7.8
    crc: int = 0  # 27.007 6.11
    ccwa: int = 0  # 27.007 7.12
    cusd: int = 0  # 27.007 7.15
    cssi: int = 0  # 27.007 7.17
    cssu: int = 0
    ctzu: int = 0  # 27.007 8.40
    ctzr: int = 0  # 27.007 8.41
    cops_format: int = 0  # 27.007 7.3
    cops_mode: int = 0
    cscs: str = "IRA"  # 27.007 5.5
    cpbs: str = "SM"  # 27.007 8.11
    s0: int = 0  # V.250 6.3.8
    csms: int = 0  # 27.005 3.2.1
    cmgf: int = 0  # 27.005 3.2.3
    csdh: int = 0  # 27.005 3.3.3
    csmp: tuple[int, int | str, int, int] = (17, 167, 0, 0)  # 27.005 3.3.2: fo, vp, pid, dcs
    csca: str | None = None  # 27.005 3.3.1; None means what the SIM holds
    cnmi: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)  # 27.005 3.4.1
    cscb: tuple[int, str, str] = (0, "", "")  # 27.005 3.3.4
    cmms: int = 0  # 27.005 3.5.6
    memory_read: str = "SM"  # 27.005 3.2.2: mem1
    memory_write: str = "SM"  # mem2
    memory_receive: str = "SM"  # mem3
    clcc_urc: int = 0  # SIMCom AT+CLCC=1
    extra: dict[str, str] = field(default_factory=dict)  # settings of vendor commands, by name
