"""Sentences spoken and recordings taken in: text and foreign files to the telephone's sound."""
