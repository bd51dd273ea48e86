"""A modem that does what the standards say and nothing else."""

from __future__ import annotations

from hw.simulator import (
    commands_calls,
    commands_message_store,
    commands_messages,
    commands_network,
    commands_services,
    commands_sim,
    commands_v250,
)
from hw.simulator.at_commands import CommandTable
from hw.simulator.models.model import Model


def standard_commands() -> CommandTable:
    """Everything of V.250, 27.007 and 27.005 that is simulated; the caller owns the table."""
    return {
        **commands_v250.COMMANDS,
        **commands_sim.COMMANDS,
        **commands_network.COMMANDS,
        **commands_services.COMMANDS,
        **commands_calls.COMMANDS,
        **commands_messages.COMMANDS,
        **commands_message_store.COMMANDS,
    }


def generic() -> Model:
    """The family without a maker."""
    return Model(standard_commands())
