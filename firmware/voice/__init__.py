"""The voice: what is said on a call, and the path by which it goes."""
