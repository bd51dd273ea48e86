"""What a user of python-gsmmodem-new writes, after the examples of its README."""

import sys
import threading
from typing import Any

from gsmmodem.exceptions import GsmModemException
from gsmmodem.modem import GsmModem

port, duty, outbox = sys.argv[1:]


def forward(sms: Any) -> None:
    modem.sendSms(duty, sms.text)


def refuse(call: Any) -> None:
    if not getattr(call, "refused", False):  # the callback comes again with each RING
        call.refused = True
        call.hangup()


modem = GsmModem(
    port,
    115200,
    incomingCallCallbackFunc=refuse,
    smsReceivedCallbackFunc=forward,
    requestDelivery=False,  # in its favour: status reports, its default, collide with commands
)
modem.smsTextMode = False
modem.connect()
print("ready", flush=True)
with open(outbox, encoding="utf-8") as file:
    letters = [line.rstrip("\n").split("\t") for line in file]
for number, text in letters:
    try:
        modem.sendSms(number, text)
    except GsmModemException as error:
        print(f"not sent: {error!r}", file=sys.stderr, flush=True)
threading.Event().wait()
