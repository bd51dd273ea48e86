"""The LAN page of Veilleur. See README.md."""

from web.app import create_app
from web.virtual_phones import PhoneFault, VirtualPhones

__all__ = ["PhoneFault", "VirtualPhones", "create_app"]
