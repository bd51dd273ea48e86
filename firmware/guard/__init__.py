"""Guards: against loops of boxes, floods from one number, and a bill that runs away."""
