"""Signatures and sealed files, by the system's OpenSSL: see README.md."""
