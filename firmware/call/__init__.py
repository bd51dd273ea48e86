"""Calls: what the modem lists, what we do about it, and what the network does without us."""
