"""What a company has beside whose line is answered by voice: its menu, its times, its network."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hw.simulator.subscriber import Profile
from tests.simulation.town import Table

SHARE = 0.35      # of the seeds, where nobody says which
# One in six has a modem without a voice channel: the mode falls back to the network's forwarding
MODEMS = ("quectel-eg25", "quectel-ec21", "simcom-sim7600", "simcom-sim7600", "huawei-e1550",
          "generic")  # fmt: skip


def speaks(seed: int) -> bool:
    """Whether the seed makes up a company that answers by voice."""
    return Random(f"voice {seed}").random() < SHARE


def modem_of(seed: int) -> str:
    """The family of modems that it has bought."""
    return Random(f"modem {seed}").choice(MODEMS)


def with_voice(site: Table, random: Random) -> Table:
    """The same company; its first service is in mode transfer, others where they were in divert."""
    first, *others = site["service"]
    services = [
        {**service, "mode": "transfer"} if service["mode"] == "divert" else service
        for service in ({**first, "mode": "divert"}, *others)
    ]
    if len(services) > 1:
        services = [{**each, "digit": str(key)} for key, each in enumerate(services, start=1)]
    voice = {
        "rings": random.choice((0, 1, 1, 2)),
        "ring_s": random.choice((15, 20, 20, 30)),
        "accept_s": random.choice((10, 15, 15, 20)),
        "rounds": random.choice((1, 2, 2, 3)),
        "voicemail": random.random() < 0.85,
    }
    return {**site, "service": services, "voice": voice}


def network_of(profile: Profile, random: Random) -> Profile:
    """A subscription that joins calls, or does not."""
    return replace(
        profile,
        explicit_transfer=random.random() < 0.7,
        multiparty=random.random() < 0.8,
        hold=random.random() < 0.95,
    )
