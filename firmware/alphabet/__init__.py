"""The letters that an SMS carries and what they cost."""
