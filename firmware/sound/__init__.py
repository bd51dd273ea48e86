"""Sound as numbers: 16-bit little-endian mono at 8000 Hz, in frames of 20 ms."""
