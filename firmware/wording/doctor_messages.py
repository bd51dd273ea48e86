"""The sentences of `veilleur doctor`, in English; the catalogues hold the translations.

They are read on a screen, aloud to the support line: short, concrete, no word of the trade without
need. Unlike those of an SMS they may hold any letter.
"""

from __future__ import annotations

from firmware.wording.wording import N_

# What was looked at, as the line's first words
L_DAEMON = N_("Veilleur program")
L_PORT = N_("Modem port")
L_RIVALS = N_("Other programs")
L_MODEM = N_("Modem")
L_PROFILE = N_("Modem family")
L_SIM = N_("SIM card")
L_NETWORK = N_("Mobile network")
L_SIGNAL = N_("Reception")
L_STORE = N_("SMS memory")
L_CENTRE = N_("SMS centre")
L_NUMBER = N_("SIM number")
L_FORWARDING = N_("Call forwarding")
L_FORWARD_ALL = N_("Forwarding of all calls")
L_FORWARD_BUSY = N_("Forwarding if busy")
L_FORWARD_NO_REPLY = N_("Forwarding if not answered")
L_FORWARD_NOT_REACHABLE = N_("Forwarding if off")
L_WAITING = N_("Call waiting")
L_CALLER = N_("Callers' numbers")
L_CLOCK = N_("Time")
L_RTC = N_("Clock battery")
L_ZONE = N_("Time zone")
L_DISK = N_("Disk")
L_POWER = N_("Power supply")
L_PINS = N_("Lamps and button")
L_FOLDER = N_("Data folder")
L_SETTINGS = N_("Settings file")
L_RUNTIME = N_("Working folder")
L_DATABASE = N_("Database")
L_ROTA = N_("Rota")
L_DUTY = N_("On duty now")
L_GAPS = N_("Next 30 days")
L_NUMBERS = N_("Staff numbers")
L_VITALS = N_("Modem's own measurements")
L_LOOP = N_("SMS there and back")
L_ADMINISTRATORS = N_("Administrators")
L_ALARM = N_("Alarm")

# The frame of the report
TITLE = N_("Veilleur {version}, check of {date}")
LINE = N_("{check}: {sentence}")
TO_DO = N_("To do: {advice}")
LIST = N_("{first}, {second}")
MARK_OK = N_("OK")
MARK_ATTENTION = N_("LOOK")
MARK_WRONG = N_("WRONG")
MARK_UNKNOWN = N_("?")
WORKING = N_("Checking: {what} ({seconds} s)")
ALL_WELL = N_("All is well.")
NOTHING_WRONG_BUT = N_("No fault found. To look at: {count}.")
NOTHING_WRONG_UNKNOWN = N_("No fault found. Not checked: {count}.")
ONE_WRONG = N_("One fault found. Do what its line says, then run this check again.")
SOME_WRONG = N_(
    "{count} faults found. Do what their lines say, from the top, then run this check again."
)
TEST_CALL = N_("Only a real call proves the rest: ring the on-call number from another telephone.")

# Why something is not known
NOT_KNOWN = N_("not known: {why}.")
WHY_SILENT = N_("the modem has not answered in time")
WHY_REFUSED = N_("the modem answers {answer}")
WHY_UNREADABLE = N_("the modem answers {answer}, which this program cannot read")
WHY_NOT_ASKED = N_("there was no time left to ask")
WHY_CALL = N_("a call is under way")
WHY_NO_NETWORK = N_("the SIM is not on the network")
WHY_DAEMON = N_("the veilleur program uses the modem, and its state could not be read")
WHY_NO_MODEM = N_("no modem could be asked")
RUN_AGAIN = N_("run this check again in a minute.")
RUN_AS_ROOT = N_("run the same command with sudo before it.")
CALL_SUPPORT = N_("read this line to the support line.")

# The program
DAEMON_RUNS = N_("it runs and gave a sign of life {age} s ago.")
DAEMON_STALE = N_("it runs but has given no sign of life for {age} s.")
DAEMON_UNSEEN = N_("it runs, but this user cannot read its state.")
DAEMON_STOPPED = N_("it does not run: calls are not followed, SMS are not passed on.")
START_DAEMON = N_(
    "once this check is done, start it: sudo systemctl start veilleur (or veilleur run --data "
    "{path})."
)
RESTART_DAEMON = N_(
    "restart it: sudo systemctl restart veilleur. If this line comes back, switch the box off "
    "and on."
)

# The port
PORT_IN_SERVICE = N_("{path}, used by the veilleur program.")
PORT_NOT_TOUCHED = N_("{path} was not touched: the veilleur program runs and uses {used}.")
PORT_FOUND_USB = N_("{path}, found by USB ({usb}, interface {interface}).")
PORT_FOUND_ASKING = N_("{path}, the USB port that answered; no known modem has its number {usb}.")
PORT_NAMED = N_("{path}, named on the command line.")
PORT_IN_SETTINGS = N_("{path}, named in veilleur.toml.")
PORT_NONE = N_("no modem is visible on USB.")
PORT_NONE_TO_DO = N_(
    "check the modem's USB cable and its power supply, unplug the modem, wait 10 seconds, "
    "plug it in again."
)
PORT_MISSING = N_("{path} does not exist.")
PORT_MISSING_ELSEWHERE = N_("{path} does not exist; a modem is visible at {found}.")
PORT_REMOVE_SETTING = N_(
    "take the line port out of veilleur.toml: the modem is then found by itself."
)
PORT_OMIT = N_("run the command without --port: the modem is then found by itself.")
PORT_DENIED = N_("{path}: user {user} may not open it.")
PORT_DENIED_TO_DO = N_(
    "run the same command with sudo before it; for good: sudo usermod -aG dialout {user}, "
    "then log in again."
)
PORT_TAKEN = N_("{path} is held by another program: {names}.")
PORT_TAKEN_UNNAMED = N_("{path} is held by another program, which this user may not see.")
PORT_TAKEN_VEILLEUR = N_("{path} is used by a veilleur program that runs (process {pid}).")
PORT_TAKEN_VEILLEUR_TO_DO = N_("run: veilleur doctor --data {path}")
PORT_TAKEN_VEILLEUR_STOP = N_(
    "stop it during the check (sudo systemctl stop veilleur), or give its --data."
)
PORT_TAKEN_TO_DO = N_(
    "close that program. ModemManager and brltty: sudo systemctl mask --now {service}"
)
PORT_TAKEN_CLOSE = N_("close that program, then run this check again.")
PORT_NOT_SERIAL = N_("{path} is no serial port ({detail}).")
PORT_LOST = N_("{path} went away while it was asked ({detail}).")
PORT_LOST_TO_DO = N_(
    "check the modem's USB cable and power supply: a modem that is short of power goes away "
    "like this."
)
RIVALS = N_("{names} runs on this machine and takes modems for itself.")
RIVALS_TO_DO = N_("switch it off for good: sudo systemctl mask --now {service}")

# The modem
MODEM_NOT_ASKED = N_("modem, SIM, network and forwarding were not checked: {why}.")
MODEM_IS = N_("it answers: {name}, firmware {revision}, IMEI {imei}.")
MODEM_ANSWERS = N_("it answers: {name}, {age} s ago.")
MODEM_UNNAMED = N_("model unknown")
NOT_TOLD = N_("not told")
MODEM_STARTING = N_("it is being started.")
MODEM_MUTE = N_("{path} does not answer.")
MODEM_MUTE_TO_DO = N_(
    "unplug the modem, wait 10 seconds, plug it in again, wait a minute. If it stays mute, it "
    "may be another port of the modem: run the command without --port."
)
MODEM_NONE = N_("what is at {path} sends {count} bytes but no answer of a modem.")
MODEM_NONE_TO_DO = N_(
    "this is another device or another port of the modem: run the command without --port."
)
MODEM_AWAY = N_("it is unplugged or not found.")
PROFILE_UNPROVEN = N_(
    "{profile}: what this program knows of it comes from documents and has been tried on no "
    "real modem."
)

# The SIM
SIM_GOOD = N_("in place and open, number {iccid}.")
SIM_ACCEPTED = N_("in place and open.")
SIM_ABSENT = N_("the modem finds none.")
SIM_ABSENT_TO_DO = N_(
    "switch the box off, take the SIM card out of the modem, put it back the right way round "
    "until it clicks, switch on."
)
SIM_ASKS_PIN = N_("it asks for its PIN, and veilleur.toml has none.")
SIM_ASKS_PIN_NO_DATA = N_("it asks for its PIN.")
SIM_ASKS_PIN_TO_DO = N_(
    'write it into veilleur.toml of the data folder: pin = "1234" (with your PIN), or switch '
    'the PIN off with the SIM in a telephone.'
)
SIM_WILL_OPEN = N_("it asks for its PIN; the veilleur program will enter it at its start.")
SIM_WILL_OPEN_TO_DO = N_(
    "start the program, then run this check again: the network and the forwarding are checked "
    "then."
)
SIM_PIN_REFUSED = N_("it has refused the PIN of veilleur.toml; it is not tried again.")
SIM_PIN_REFUSED_TO_DO = N_(
    "look the PIN up in the operator's papers, correct veilleur.toml, restart the program. "
    "Three wrong PINs lock the SIM."
)
SIM_LAST_TRY = N_("it has {tries} PIN try left: the program does not risk it.")
SIM_LAST_TRY_TO_DO = N_("put the SIM into a telephone, enter the right PIN there, put it back.")
SIM_PUK = N_("it is locked and asks for its PUK.")
SIM_PUK_TO_DO = N_(
    "ask the operator for the PUK, put the SIM into a telephone, enter the PUK and a new PIN "
    "there, write that PIN into veilleur.toml."
)
SIM_FAULT = N_("it cannot be used: the modem answers {answer}.")
SIM_FAULT_NOTED = N_("the program cannot use it.")
SIM_FAULT_TO_DO = N_(
    "try the SIM in a telephone. If it works there, clean its contacts and put it back; if "
    "not, ask the operator for another one."
)
STORE_GOOD = N_("{storages}.")
STORE_LEVEL = N_("{storage} {used} of {total}")
STORE_NEARLY_FULL = N_("nearly full: {storages}.")
STORE_FULL = N_("full: {storages}. No SMS arrives any more.")
STORE_TO_DO = N_("start the veilleur program: it takes the SMS in and empties the memory.")
CENTRE_GOOD = N_("{number}.")
CENTRE_NONE = N_("the SIM holds none: no SMS can be sent.")
CENTRE_TO_DO = N_(
    "ask the operator for the number of its SMS centre; set it with the SIM in a telephone."
)
NUMBER_IS = N_("{number}.")
NUMBER_NOT_ON_SIM = N_("the SIM does not tell it; most do not.")
NUMBER_OF_PERSON = N_("{number} is also the mobile of {person}: the box would ring itself.")
NUMBER_OF_PERSON_TO_DO = N_("correct this person's number in the site file and import it.")

# The network
NETWORK_HOME = N_("registered: {operator}, {technology}.")
NETWORK_ROAMING = N_("registered as a guest (roaming): {operator}, {technology}.")
NETWORK_ROAMING_TO_DO = N_(
    "in its own country a SIM is a guest where its operator has no antenna: ask the operator; "
    "forwarding may cost more."
)
NETWORK_DATA_ONLY = N_("registered for data only ({operator}, {technology}): calls may not arrive.")
NETWORK_DATA_ONLY_TO_DO = N_(
    "ring the on-call number now. If it does not arrive, ask the operator whether voice over "
    "4G (VoLTE) is allowed for this SIM and this modem."
)
NETWORK_SMS_ONLY = N_("registered for SMS only ({operator}): calls do not arrive.")
NETWORK_SEARCHING = N_("not registered: the modem is searching.")
NETWORK_SEARCHING_TO_DO = N_(
    "check that the aerial is screwed on, move the box near a window, wait 3 minutes. If a "
    "telephone with this SIM finds no network either, call the operator."
)
NETWORK_DENIED = N_("the operator refuses this SIM.")
NETWORK_DENIED_TO_DO = N_(
    "call the operator: is the SIM activated, is the contract paid, is the modem (IMEI above) "
    "accepted?"
)
NETWORK_OFF = N_("not registered, and the modem is not searching.")
NETWORK_OFF_TO_DO = N_(
    "start the veilleur program, or unplug the modem, wait 10 seconds and plug it in again."
)
OPERATOR_UNKNOWN = N_("operator not told")
TECHNOLOGY_UNKNOWN = N_("technology not told")
SIGNAL_IS = N_("{quality} ({dbm} dBm).")
SIGNAL_VERY_GOOD = N_("very good")
SIGNAL_GOOD = N_("good")
SIGNAL_FAIR = N_("fair")
SIGNAL_WEAK = N_("weak")
SIGNAL_VERY_WEAK = N_("very weak")
SIGNAL_TO_DO = N_("move the aerial near a window, away from metal and from the box's power supply.")
SIGNAL_UNKNOWN = N_("the modem does not tell it.")

# Forwarding
FORWARD_NONE = N_("none, as it should be.")
FORWARD_RIGHT = N_("to {number} ({whom}), read back from the network.")
FORWARD_OFFICE = N_("office")
FORWARD_WRONG = N_("to {found} instead of {number} ({whom}).")
FORWARD_MISSING = N_("none, instead of {number} ({whom}).")
FORWARD_TOO_MUCH = N_("to {found}, but there should be none.")
FORWARD_UNJUDGED = N_("to {found}; without a rota nothing to compare it with.")
FORWARD_NONE_UNJUDGED = N_("none; without a rota nothing to compare it with.")
FORWARD_TO_DO = N_(
    "start the veilleur program: it sets this itself. Otherwise, with this SIM in a "
    "telephone, dial {codes}"
)
FORWARD_REFUSED = N_("the network does not say: it answers {answer}.")
FORWARD_REFUSED_TO_DO = N_(
    'ask the operator for "conditional call forwarding" (busy, no answer, not reachable) on '
    'this SIM.'
)
FORWARDING_VERIFIED = N_("to {number} ({whom}), verified by the program {minutes} min ago.")
FORWARDING_CHANGING = N_("it is being changed to {number}.")
FORWARDING_OTHER = N_("to {found}, but the rota says {number} ({whom}).")
FORWARDING_DIFFERENT = N_("the network holds something else than {number}.")
FORWARDING_REFUSED = N_("the network refuses it. Callers are alerted by SMS only.")
FORWARDING_UNKNOWN = N_("the program has not verified it yet.")
FORWARDING_NO_TARGET = N_("nobody to forward to: the site file names nobody.")
FORWARDING_NO_TARGET_TO_DO = N_("complete the site file and import it.")
DIAL_CODES = N_(
    'with this SIM in a telephone, dial {codes}. If that is refused, ask the operator for '
    '"conditional call forwarding".'
)
WAITING_OFF = N_(
    "off, as it should be: the network passes a second caller on; where it does not tell the box, "
    "that call is not in the journal."
)
WAITING_ON = N_("on, as it should be.")
WAITING_STATE_OFF = N_("off.")
WAITING_STATE_ON = N_("on.")
WAITING_WRONG_ON = N_("on: a second caller is not forwarded at once.")
WAITING_WRONG_OFF = N_("off: a second caller is not noticed by the box.")
WAITING_TO_DO = N_("start the veilleur program: it sets this itself.")
CALLER_SHOWN = N_("the network gives them.")
CALLER_HIDDEN = N_("the network does not give them: nobody can be rung back.")
CALLER_TO_DO = N_('ask the operator for "calling line identification" (CLIP) on this SIM.')
