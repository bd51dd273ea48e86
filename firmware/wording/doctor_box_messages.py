"""The sentences of `veilleur doctor` about the box itself: machine, data, rota, alarms.

Those about the modem, and the frame of the report, are in `doctor_messages`.
"""

from __future__ import annotations

from firmware.wording.wording import N_

# The machine
CLOCK_IMPOSSIBLE = N_("the machine believes it is {date}.")
CLOCK_IMPOSSIBLE_TO_DO = N_(
    "set it: sudo timedatectl set-time '2026-12-31 14:05:00' (with today's date and time). "
    "Until then everybody is alerted."
)
CLOCK_DIFFERS_NETWORK = N_("{now} here, {other} on the mobile network.")
CLOCK_DIFFERS_RTC = N_("{now} here, {other} on the battery clock.")
CLOCK_COMPARE = N_(
    "compare with your watch. If {now} is wrong: sudo timedatectl set-time '2026-12-31 "
    "14:05:00' (with today's date and time)."
)
CLOCK_SYNCHRONISED = N_("{now}, kept right by a time server.")
CLOCK_NETWORK = N_("{now}, the mobile network says the same.")
CLOCK_RTC = N_("{now}, the battery clock says the same; compare with your watch.")
CLOCK_UNPROVEN = N_("{now}, which nothing confirms.")
RTC_PRESENT = N_("present.")
RTC_ABSENT = N_("there is none: after a power cut the box may not know the time.")
RTC_TO_DO = N_("have a battery clock (DS3231) fitted.")
PINS_GOOD = N_("they can be used.")
PINS_NO_LIBRARY = N_("in veilleur.toml, but the program that drives them is missing.")
PINS_NO_LIBRARY_TO_DO = N_("install it: sudo apt install python3-gpiozero python3-lgpio")
PINS_NO_CHIP = N_("in veilleur.toml, but this user may not use the pins of this machine.")
PINS_NO_CHIP_TO_DO = N_("sudo adduser veilleur gpio, then start the box again.")
ZONE_GOOD = N_("{zone}.")
ZONE_UNKNOWN = N_("{zone} is not known on this machine: duty hours cannot be computed.")
ZONE_TO_DO = N_(
    "correct time_zone in the site file and import it, or install tzdata: sudo apt install "
    "tzdata"
)
DISK_GOOD = N_("{free} MB free of {total} MB.")
DISK_LOW = N_("only {free} MB free of {total} MB.")
DISK_FULL = N_("full: {free} MB free of {total} MB. Calls and SMS can no longer be recorded.")
DISK_INODES = N_("it can take only {count} more files.")
DISK_READ_ONLY = N_("it can only be read: nothing can be recorded.")
DISK_TO_DO = N_(
    "remove what does not belong to the box (old backups, downloads), or fit a larger card."
)
DISK_READ_ONLY_TO_DO = N_(
    "switch the box off and on. If this line comes back the card is worn: replace it and "
    "restore the last backup."
)
POWER_GOOD = N_("no lack of power since the start.")
POWER_LOW = N_("too weak at this moment.")
POWER_WAS_LOW = N_("it was too weak at some moment since the start.")
POWER_HOT = N_("the machine is too hot and slows down.")
POWER_UNKNOWN = N_("this machine does not measure it.")
POWER_TO_DO = N_(
    "use the official power supply and a short cable; give the modem its own powered USB hub."
)
POWER_HOT_TO_DO = N_("free the box's air slits, move it away from heating and sun.")

# The data
FOLDER_GOOD = N_("{path}, closed to others.")
FOLDER_CLOSED = N_("{path}: user {user} may not use it.")
FOLDER_OPEN = N_("{path} can be read by every user of this machine.")
FOLDER_OPEN_TO_DO = N_("close it: sudo chmod o-rwx {path}")
FILE_FOREIGN = N_(
    "{path} belongs to {owner}, the folder to {other}: the program may not be able to write "
    "it."
)
FILE_FOREIGN_TO_DO = N_("give it back: sudo chown {other}:{group} {path}")
SETTINGS_ABSENT = N_("there is none; it is needed for a SIM with a PIN only.")
SETTINGS_GOOD = N_("read without fault.")
SETTINGS_EXPOSED = N_("it holds the PIN and others may read it.")
SETTINGS_EXPOSED_TO_DO = N_("close it: sudo chmod 600 {path}")
SETTINGS_CLOSED = N_("user {user} may not read it.")
SETTINGS_FAULT = N_("the program refuses it: {detail}.")
SETTINGS_OLDER = N_("the program refuses it: {detail}. It goes on with older settings.")
SETTINGS_FAULT_TO_DO = N_("correct that line of {path}.")
RUNTIME_GOOD = N_("{path} can be written.")
RUNTIME_FAULT = N_("{path} cannot be written ({detail}): the page would not see the box's state.")
RUNTIME_TO_DO = N_(
    "switch the box off and on; if this line comes back, read it to the support line."
)
DATABASE_GOOD = N_("sound, schema {schema}.")
DATABASE_UNCHECKED = N_("schema {schema}; too large to be read through in this check.")
DATABASE_ABSENT = N_("there is none in {path}.")
DATABASE_ABSENT_TO_DO = N_("load the site file: veilleur import site.toml --data {path}")
DATABASE_DAMAGED = N_("it is damaged or not ours ({detail}).")
DATABASE_DAMAGED_TO_DO = N_("restore the last backup: veilleur restore FILE --data {path}")
DATABASE_NEWER = N_("a newer Veilleur wrote it; this one cannot read it.")
DATABASE_NEWER_TO_DO = N_(
    "install the newer version again, or restore a backup that is older than it."
)
DATABASE_BUSY = N_("another program has kept it locked.")
DATABASE_UNREADABLE = N_("user {user} may not read and write it.")
DATABASE_UNWRITABLE = N_("it cannot be written ({detail}).")
DATABASE_UNWRITABLE_TO_DO = N_(
    "see the lines Disk and Data folder; if they are in order, read this line to the support "
    "line."
)

# The rota
ROTA_LOADED = N_("{site}: people {people}, services {services}.")
ROTA_NONE = N_("no site file has been loaded: nobody can be alerted.")
ROTA_NO_SERVICE = N_("the site file names no service: nobody can be alerted.")
ROTA_TO_DO = N_("load it: veilleur import site.toml --data {path}")
ROTA_NOT_GIVEN = N_("not checked: the command was given no --data.")
DUTY_PEOPLE = N_("{service}: {names}.")
DUTY_PERSON = N_("{person} ({mobile}), level {level}")
DUTY_OFFICE = N_("{service}: the office telephone {number}.")
DUTY_NOBODY = N_("{service}: nobody.")
DUTY_NO_CLOCK = N_("not known while the time is wrong; everybody is alerted.")
DUTY_TO_DO = N_(
    "put somebody on duty on the rota (page or site file); until then the administrators get "
    "the alerts."
)
GAPS_NONE = N_("{service}: somebody is always on duty.")
GAPS_SOME = N_("{service}: nobody from {start} to {end}.")
GAPS_MORE = N_("{service}: nobody from {start} to {end}, and {count} more times.")
GAPS_TO_DO = N_("complete the rota for these hours.")
NUMBERS_GOOD = N_("all can be rung ({count}).")
NUMBERS_BAD = N_("{person}: {number} cannot be rung ({why}).")
NUMBERS_TO_DO = N_("correct this number in the site file and import it.")
ADMINISTRATORS_GOOD = N_("{names}.")
ADMINISTRATORS_NONE = N_("there is none: everybody gets the alarms.")
ADMINISTRATORS_TO_DO = N_('give somebody role = "admin" in the site file and import it.')

# Alarms
ALARM_SINCE = N_("since {since}: {what}")
ALARM_BEFORE_STOP = N_("open when the program stopped, since {since}: {what}")
ALARM_MODEM_TO_DO = N_("unplug the modem, wait 10 seconds, plug it in again, wait 3 minutes.")
ALARM_SIM_TO_DO = N_(
    "check the SIM card and its PIN in veilleur.toml, then restart the program: sudo "
    "systemctl restart veilleur"
)
ALARM_ALERT_TO_DO = N_("ring that caller back now and mark it as taken care of on the page.")
ALARM_STOPPED_TO_DO = N_("start the program; it looks again by itself.")

# What the box has proved of itself
NUMBER_PROVED = N_("{number}, proved by an SMS of the box to itself on {since}.")
NUMBER_UNPROVED = N_("{number}, not proved yet: no SMS of the box to itself has come back.")
NUMBER_UNPROVED_TO_DO = N_("wait a quarter of an hour; if it stays so, check the number.")
NUMBER_UNKNOWN = N_("the box does not know its own number: the SIM does not tell it.")
NUMBER_UNKNOWN_TO_DO = N_(
    "enter it on the page, or as own_number in veilleur.toml, so that it is never rung."
)
TEMPERATURE = N_("{degrees} degrees Celsius.")
VOLTAGE = N_("{volts} V.")
STORE_USE = N_("used of total: {used}.")
LOOP_PROVED = N_("an SMS of the box to itself came back on {since}.")
LOOP_LOST = N_("the last SMS of the box to itself has not come back.")
LOOP_LOST_TO_DO = N_("text this number from a telephone and watch the page; then ask the operator.")

# Why a number cannot be rung: the templates of `firmware/rota/number.py` and `dialling.py`
NUMBER_FAULTS = (
    N_("there is no country with this code"),
    N_("calls to that country are not allowed"),
    N_("it is an emergency or short number"),
    N_("it is a premium-rate number"),
    N_("it is a shared-cost number"),
    N_("it is a pager"),
    N_("it is a voicemail"),
    N_("the country code {code} is not one to three digits"),
    N_("it begins neither with + nor with 0"),
    N_("it holds something that is no digit"),
    N_("it must have 7 to 15 digits after the +, the first of them not 0"),
)
