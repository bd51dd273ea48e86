"""The box's health over hours and weeks. See README.md."""
