"""Duty: who is on, who comes, and what staff change by themselves."""
