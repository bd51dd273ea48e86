"""The line to one modem: who may speak, in which order, and what was learnt of it."""
