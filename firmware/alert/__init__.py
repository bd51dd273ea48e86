"""Alerts: who must answer for a call or a text, in which order, and until when."""
