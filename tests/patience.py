"""How long a test awaits what must come: far above what it takes, as the machine may be busy.
Only a test that fails waits for so long."""

WITHIN_S = 120.0
