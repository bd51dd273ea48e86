"""`veilleur demo`: the whole box on a simulated modem, with virtual telephones on the page.

The daemon is the real one, in a process of its own, on a real pseudo-terminal; only the modem,
the network and the telephones are simulated.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from firmware.command import demo_story
from firmware.command.data import open_data, read_site
from firmware.command.demo_phones import DemoPhones
from firmware.command.settings import FILE, SettingsFault, host_and_port
from firmware.speech.engine import Engine, find_engine
from firmware.store.account_store import AccountStore
from firmware.store.account_values import Role
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from hw.simulator.network import Timings
from hw.simulator.pty_port import PtyPort
from hw.simulator.simulation_host import SimulationHost
from hw.simulator.terminal import Cell
from hw.simulator.timeline import Timeline
from hw.simulator.virtual_site import VirtualSite
from web.app import create_app
from web.server import ListenFault, serve
from web.virtual_phones import PhoneFault

SAMPLE_SITE = Path(__file__).with_name("demo_site.toml")
GUEST = "Veilleur"  # whoever opens the demo is its administrator, and the page says so
PROFILE = "quectel-eg25"
OPERATOR = "Demo F"  # modems write names in the GSM alphabet: none with an accent is shown whole
# Forwarding set and verified takes eight answers of the network: nobody should wait for a demo
TIMINGS = Timings(registration_ms=(300, 600), ss_ms=(150, 300))
STOP_WITHIN_S = 5.0
KEPT_CLOCK = '[clock]\ntrust = "system"\n'   # a demo runs where people see to the clock


def demo(listen: str) -> int:
    """Serve the demo's page until interrupted; nothing of it stays on the disk."""
    host, port = host_and_port(listen)
    with tempfile.TemporaryDirectory(prefix="veilleur-demo-") as folder:
        data_dir = Path(folder) / "data"
        now = datetime.now(UTC)
        rota = demo_story.with_a_gap(read_site(SAMPLE_SITE), now)
        with open_data(data_dir, create=True) as database:
            RotaStore(database).replace_rota(rota, "demo", now, vouched=True)
            AccountStore(database).add(GUEST, Role.ADMIN, now)
            RowStore(database).record(demo_story.tell(rota, now))
        (data_dir / FILE).write_text(KEPT_CLOCK, encoding="utf-8")
        with _simulated_modem(Path(folder) / "modem") as simulation, _daemon(
            data_dir, simulation
        ):
            phones = DemoPhones(simulation, rota)
            engine = find_engine()
            if engine is not None:
                learn = partial(_learn, phones, engine, rota.site.language)
                threading.Thread(target=learn, name="learn to speak", daemon=True).start()
            print(f"Veilleur demo: http://{host}:{port}/  (Ctrl-C ends it)", flush=True)
            try:
                serve(create_app(data_dir, phones=phones, guest=GUEST), host, port)
            except ListenFault as fault:
                raise SettingsFault(str(fault)) from fault
    return 0


def _learn(phones: DemoPhones, engine: Engine, language: str) -> None:
    with suppress(PhoneFault):   # the demo may end before they have learnt it
        phones.learn_to_speak(engine, language)


@contextmanager
def _simulated_modem(path: Path) -> Iterator[SimulationHost]:
    site = VirtualSite(
        PROFILE, timeline=Timeline(1, datetime.now(UTC)), timings=TIMINGS, audio=True
    )
    site.network.set_cell(site.number, Cell(operator_long=OPERATOR))
    audio = PtyPort(Path(f"{path}-audio"))
    with SimulationHost(site, PtyPort(path), audio=audio) as simulation:
        yield simulation


@contextmanager
def _daemon(data_dir: Path, simulation: SimulationHost) -> Iterator[None]:
    command = [
        sys.executable, "-m", "firmware", "run",
        "--data", str(data_dir), "--port", str(simulation.port.path), "--profile", PROFILE,
        "--audio", f"{simulation.port.path}-audio",
    ]  # fmt: skip
    process = subprocess.Popen(command)  # noqa: S603 - our own program with our own arguments
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


