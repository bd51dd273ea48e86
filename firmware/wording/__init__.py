"""Every sentence that staff, administrators and callers read: the messages and their catalogues."""

from firmware.wording.wording import LANGUAGES, Wording

__all__ = ["LANGUAGES", "Wording"]
