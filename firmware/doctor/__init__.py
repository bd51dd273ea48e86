"""What is wrong with a box, and what to do about it, from facts alone. See README.md."""
