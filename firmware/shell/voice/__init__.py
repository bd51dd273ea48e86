"""The voice's devices and threads."""
