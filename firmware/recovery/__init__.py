"""The way back to a modem that takes calls, rung by rung."""
