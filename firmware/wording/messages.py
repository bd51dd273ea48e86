"""The sentences of the SMS and of the alarms, in English; the catalogues hold the translations.

Each fits the GSM 7-bit alphabet in each language (a test holds them to it): one letter outside it
more than doubles the price of an SMS. Nothing here says anything about anybody's health.
"""

from __future__ import annotations

from firmware.wording.wording import N_

WITHHELD = N_("hidden number")
UNSEEN = N_("number unknown")
CONTACT = N_("{number} ({contact})")

# To the person on duty, about a call
CALL_DIVERTED = N_(
    "{service}: call from {caller} at {clock}, passed on to you. Ref {reference}. "
    "Reply OK once taken, NON for the next person."
)
CALL_DIVERTED_NOTE = N_("{service}: call from {caller} at {clock}, passed on to you.")
CALL_MISSED = N_(
    "{service}: call from {caller} at {clock}, not passed on. Please ring back. Ref {reference}. "
    "Reply OK, or NON for the next person."
)
CALL_VOICEMAIL = N_(
    "{service}: call from {caller} at {clock}, voice message of {length}. Please ring back. "
    "Ref {reference}. Reply OK, or NON for the next person."
)
CALL_CUT_OFF = N_(
    "{service}: call from {caller} at {clock}, cut off by a fault after it was answered. "
    "Please ring back. Ref {reference}. Reply OK, or NON for the next person."
)
# The network led it on while the box spoke with somebody else
CALL_MEANWHILE = N_(
    "{service}: call at {clock} ({caller}) during another, passed by the network to the on-call "
    "mobile: see its missed calls. Ref {reference}. Reply OK or NON."
)
CALL_MEANWHILE_UNCONFIRMED = N_(
    "{service}: call at {clock} ({caller}) during another, passed to the on-call mobile (missed "
    "calls), no answer from {previous}. Ref {reference}. Reply OK or NON."
)
CALL_MEANWHILE_NOTE = N_(
    "{service}: call at {clock} ({caller}) during another, passed on to you by the network: see "
    "your missed calls."
)
CALL_UNCONFIRMED = N_(
    "{service}: call from {caller} at {clock}, no answer from {previous}. Please ring back. "
    "Ref {reference}. Reply OK, or NON for the next person."
)
# To the person on duty, about a text
SMS_RECEIVED = N_(
    "{service}: SMS from {caller} at {clock}. Ref {reference}. Reply OK, or NON for the next "
    "person. Text:\n{text}"
)
SMS_UNREADABLE = N_("(unreadable SMS)")
SMS_PART_MISSING = N_("(part missing)")
# To those who were asked before, once somebody answered
TAKEN_BY = N_("Ref {reference}: taken by {person}.")

# Handover
DUTY_STARTS = N_("{service}: your duty (level {level}) starts now, until {until}.")
DUTY_STARTS_OPEN = N_("{service}: your duty (level {level}) starts now.")
DUTY_ENDS = N_("{service}: your duty (level {level}) is over. Relieved by {names}.")
DUTY_ENDS_NOBODY = N_("{service}: your duty (level {level}) is over. Nobody follows.")
SERVICE_GONE = N_("{service}: your duty (level {level}) is over. The rota has no such service now.")
REMINDER = N_(
    "{service}: your duty (level {level}) starts at {start}. Ref {reference}. Reply OK."
)
# After a change of the rota
DUTIES_CHANGED = N_("Your duties have changed:")
DUTY_ADDED = N_("NEW {start} - {until} {service} (level {level})")
DUTY_REMOVED = N_("CANCELLED {start} - {until} {service} (level {level})")
DUTIES_MORE = N_("and {count} more: reply PLANNING.")

# Answers to staff
ACKNOWLEDGED = N_("Noted: ref {reference} ({what}) is yours.")
ACKNOWLEDGED_REMINDER = N_("Noted: your duty is confirmed.")
STILL_OPEN = N_("Still open: {references}.")
ALREADY_TAKEN = N_("Ref {reference} was already taken by {person}.")
NOTHING_TO_TAKE = N_("No alert waits for your answer.")
UNKNOWN_REFERENCE = N_("No alert has the reference {reference}. Open: {references}.")
LATE_WORD = N_(
    "Your answer of {clock} came late and counts for nothing. Waiting: {references}. To take it, "
    "reply OK {reference}."
)
DECLINED_REMINDER = N_("Noted: the administrators are told that you cannot come.")
DUTY_NOT_YOURS = N_("That duty is no longer yours: the rota has changed.")
DECLINED_RELAY = N_("Noted: you do not take the duty over.")
PASSED_ON = N_("Noted: ref {reference} goes to the next person.")
NOT_ASKED = N_("Ref {reference} was not put to you: nothing changes. OK {reference} takes it.")
DECLINED_LAST = N_("Noted: ref {reference} stays open, the administrators are alarmed.")
WHO_LINE = N_("{service}: {names}")
WHO_NAME = N_("{person} {mobile}")
WHO_NAME_UNTIL = N_("{person} {mobile} until {until}")
WHO_OFFICE = N_("{service}: office {number}")
WHO_NOBODY = N_("{service}: nobody on duty")
WHO_LEVEL = N_("level {level}: {names}")
CLOCK_UNSURE = N_("The box does not know the time: everybody is alerted.")
PLANNING_LINE = N_("{start} - {until} {service}")
PLANNING_OPEN = N_("from {start} {service}")
PLANNING_MORE = N_("and {count} more in the next two months.")
PLANNING_NOTHING = N_("No duty planned for you in the next two months.")
HELP = N_(
    "OK [ref] take, NON pass on, QUI who, PLANNING shifts, RELAIS [name] take over or hand over, "
    "DEBUT FIN work time, AIDE help."
)
NOT_UNDERSTOOD = N_("Not understood. Words: OK NON QUI PLANNING RELAIS DEBUT FIN AIDE.")
RELAY_DONE = N_("{service}: you are on duty until {until}. {names} relieved.")
RELAY_RELIEVED = N_("{service}: {person} takes over your duty now, until {until}.")
RELAY_TOLD = N_("{service}: {person} takes over from {names} until {until}.")
RELAY_NOBODY = N_("nobody")
RELAY_ALREADY = N_("{service}: you are on duty already.")
RELAY_NOT_YOURS = N_("You are not on duty: there is nothing to hand over.")
RELAY_WHO = N_("RELAIS: no person or several people match {name}. Give the full name.")
RELAY_SELF = N_("RELAIS: that is you. RELAIS alone takes the duty over.")
RELAY_OFFER = N_(
    "{service}: {person} hands the duty over to you until {until}. Ref {reference}. "
    "Reply OK, or NON."
)
RELAY_OFFERED = N_("{name} has been asked. You stay on duty until the OK.")
RELAY_REFUSED = N_("{name} does not take your duty over. You stay on duty.")
RELAY_SILENT = N_("{name} has not answered. You stay on duty.")
RELAY_STALE = N_("Too late: {person} is no longer on duty.")
SWAP_ASKED = N_(
    "{person} asks you to take the duty {service}, {start} - {until}. Ref {reference}. "
    "Reply OK {reference}, or NON."
)
SWAP_ASKED_BACK = N_(
    "{person} asks for a swap: you take {service}, {start} - {until}; in return {person} takes "
    "{back_service}, {back_start} - {back_until}. Ref {reference}. Reply OK {reference}, or NON."
)
SWAP_TOLD = N_("{service}: {person} takes over from {names}, {start} - {until}.")
SWAP_REFUSED = N_("{name} does not agree to the swap. Your duty stays as it is.")
SWAP_SILENT = N_("{name} has not answered about the swap. Your duty stays as it is.")
SWAP_STALE = N_("The swap is not possible any more: the rota has changed.")
NO_ROTA = N_("The box has no rota.")
CLOCK_UNSURE_RELAY = N_("The box does not know the time: the duty cannot be taken over now.")
RELAY_LATE = N_(
    "{service}: your RELAIS of {clock} came too late: nothing has changed. Send it again if you "
    "still want the duty."
)
CLOCK_UNSURE_WORK = N_("The box does not know the time: please note your hours yourself.")
WORK_STARTED = N_("Intervention started at {clock}.")
WORK_RUNNING = N_("An intervention has been running since {clock}. Send FIN first.")
WORK_ENDED = N_("Intervention from {start} to {end}: {duration}.")
WORK_NONE = N_("No intervention is running. Send DEBUT first.")
STATE_CALM = N_(
    "{site}, {clock}: all is well. The modem is on the network and the call forwarding is verified."
)
STATE_UNPROVED = N_("{site}, {clock}: no alarm, but not everything has been verified yet.")
STATE_ALARMS = N_("{site}, {clock}: not all is well.\n{text}")
CODE_SMS = N_(
    "Code {code}: type it within 15 minutes on the page of the on-call box. If you did not ask for "
    "it, ignore this SMS."
)
SETUP_CODE = N_(
    "Setup code of the page: {code}. It makes its first administrator, once. Do not pass it on."
)
NO_SETUP_CODE = N_("The page has its administrator: there is no setup code any more.")
SMS_LOOP = N_("The on-call box writes to itself, code {token}. Nothing to do.")
WEEKLY_WELL = N_(
    "{site}: all is well. Last week: {calls} calls, {messages} SMS. Next word: {next}. If it does "
    "not come, look at the box."
)
WEEKLY_ALARMS = N_(
    "{site}: alarms up: {count}, see the page. Last week: {calls} calls, {messages} SMS. Next "
    "word: {next}."
)
TEST_SMS = N_("Test of the on-call box: this SMS reached you. Nothing to do.")

# Alarms to administrators; the page words them from the same catalogue
ALARM = N_("ALARM {site}: {what}")
ALARM_OVER = N_("BACK IN ORDER {site}: {what}")
ALARM_STILL = N_("STILL IN ALARM {site}, since {since}: {what}")
# Several in one SMS
ALARMS = N_("{site}:\n{text}")
ALARM_LINE = N_("ALARM: {what}")
ALARM_OVER_LINE = N_("BACK IN ORDER: {what}")
ALARM_STILL_LINE = N_("STILL IN ALARM since {since}: {what}")
ALARM_MORE = N_("And {count} more: see the page.")
ALARM_FEWER_TODAY = N_("New alarms come at once, the rest some hours later; the page has all.")
ALARM_LAST_TODAY = N_("Further alarms come some hours later; the page has them at once.")
ALERT_UNANSWERED = N_(
    "nobody answered for ref {reference} ({what}). Please act now. Whoever takes it replies "
    "OK {reference}."
)
ALERT_WITHOUT_RECIPIENT = N_("ref {reference} ({what}): nobody can be alerted, the rota is empty.")
NOBODY_ON_DUTY = N_("nobody is on duty for {service}. Administrators get the alerts.")
FORWARDING_DIFFERENT = N_(
    "the network's call forwarding is not what the rota wants: {expected} wanted, {found} found."
)
FORWARDING_CHANGED = N_(
    "call forwarding had been changed ({found} found): the box has set {expected} again. Calls "
    "may have gone astray."
)
FORWARDING_ERASED = N_(
    "call forwarding had been erased: the box has set {expected} again. Calls may have gone astray."
)
FORWARDING_LEFT = N_(
    "calls still go to {found}, as before the damage; the backup's rota names {expected}."
)
FORWARDING_REFUSED = N_(
    "the network refuses call forwarding to {number} ({why}). Calls are alerted by SMS. From a "
    "phone with this SIM, dial {codes}"
)
FORWARDING_UNANSWERED = N_(
    "call forwarding to {number} could not be checked ({why}). Calls are alerted by SMS."
)
REMINDER_UNANSWERED = N_("{person} has not confirmed the duty {service} of {start}.")
REMINDER_ANSWERED_LATE = N_("{person} has now confirmed the duty {service}.")
SIM_MISSING = N_("no SIM in the modem. No call or SMS can arrive.")
SIM_PIN_MISSING = N_("the SIM asks for its PIN and veilleur.toml has none.")
SIM_PIN_REFUSED = N_("the SIM refused the PIN of veilleur.toml. It is not tried again.")
SIM_PIN_GIVEN_UP = N_(
    "the SIM refuses a PIN that it had accepted. The modem is restarted; the PIN is tried again "
    "only if the SIM still counts three tries."
)
SIM_PIN_LAST_TRY = N_("the SIM has {tries} PIN try left: the box does not risk it.")
SIM_PIN_UNWRITTEN = N_(
    "the SIM asks for its PIN, and the disk takes no data: three such tries would lock the SIM."
)
SIM_PUK = N_("the SIM is locked and asks for its PUK.")
SIM_FAULT = N_("the SIM answers {why}.")
MODEM_ABSENT = N_("the modem is unplugged or not found ({why}).")
MODEM_MUTE = N_("the modem does not answer.")
RECOVERY_FAILED = N_(
    "the box has tried everything to bring the modem back. Unplug it, count to ten, plug it in."
)
MODEM_REFUSES = N_("the modem refuses {command} ({why}).")
NETWORK_LOST = N_("the SIM is not registered on the network ({state}).")
SMS_NO_CENTRE = N_("the SIM holds no SMS centre: no SMS can be sent, no alert either.")
NO_ADMINISTRATOR = N_("nobody is an administrator: everybody gets the alarms.")
NETWORK_NO_CALLS = N_(
    "the network takes the SIM for SMS and data only: calls do not reach the box. Ring the "
    "on-call number to see who answers."
)
SMS_FAILED = N_("an SMS to {person} could not be sent ({why}).")
ALARMS_UNREACHED = N_("alarms do not reach {person} at {number} ({why}).")
SMS_TOO_OLD = N_(
    "SMS that had waited for more than a day were not sent (count: {count}, the oldest of "
    "{since}). See the journal."
)
SMS_STORE_FULL = N_("the SMS store of the SIM is full and cannot be emptied.")
LOOP = N_("{number} is another box like this one: its SMS are not answered nor passed on.")
FLOOD = N_("{number} calls or writes too often: SMS about it are held back, see the journal.")
BUDGET = N_("too many SMS have been sent: notices and answers wait, alerts still leave.")
SILENT_CALLS = N_(
    "no call for {hours} h, much longer than usual. Please ring the on-call number from any "
    "telephone: if the box hears it, this alarm ends."
)
SILENT_SMS = N_(
    "no SMS for {hours} h, much longer than usual. Please text the on-call number from any "
    "telephone: if the box gets it, this alarm ends."
)
VOICE_FAILED = N_(
    "the voice failed in two calls in a row: the network passes calls on without it. Try it again "
    "on the page."
)
VOICE_NOT_JOINED = N_(
    "the network joins no calls of this SIM: it passes them on without the voice. Try again on the "
    "page."
)
VOICE_PORT_GONE = N_(
    "the modem's sound is gone. Until it is back, the network passes calls on without the voice."
)
VOICE_UNHEARD = N_(
    "in three calls in a row whoever answered pressed no key: is the box heard? Let it ring you, "
    "from the page."
)
CREDIT_LOW = N_("the credit of the SIM is {amount}. Top it up, or SMS and calls will stop.")
CREDIT_UNREAD = N_("the credit of the SIM can not be read any more ({why}).")
MODEM_HOT = N_("the modem has {degrees} degrees Celsius. It may switch itself off.")
MODEM_VOLTAGE = N_("the modem gets {volts} V only. It may switch itself off.")
SMS_STORE_FILLING = N_("the SMS store of the SIM fills up ({used}).")
DISK_SPACE = N_("the disk of the box has {free} MB left.")
ROTA_GAPS = N_(
    "nobody is on duty for {service} from {start} to {end}. Gaps in the next 30 days: {count}."
)
SMS_LOOP_LOST = N_(
    "the box wrote an SMS to itself ({number}) and it has not come back: SMS do not go out, or do "
    "not come in."
)
SMS_LOOP_LATE = N_(
    "the box's SMS to itself came back late: it may have missed calls for a while. Look at the "
    "missed calls of the mobiles."
)
SMS_NOT_TAKEN = N_("no SMS leaves any more ({why}): alerts reach nobody.")
SMS_LOOP_UNSENT = N_("the box could not send an SMS to itself ({number}).")
OWN_NUMBER_UNPROVED = N_(
    "the SMS of the box to its own number {number} has not come back: check the number."
)
OWN_NUMBER = N_("{person} has the number of the box itself in the rota and is passed over.")
NUMBER_REFUSED = N_("{number} in the rota may not be rung and is passed over ({why}).")
STORE_BUSY = N_(
    "a program keeps the box's data locked. Calls and alerts go on from memory. End it; do not "
    "switch the box off."
)
STORE_FULL = N_(
    "the box's disk is full. Calls and alerts go on from memory. Free some space; do not "
    "switch the box off."
)
STORE_READ_ONLY = N_(
    "the box's disk is read-only. Calls and alerts go on from memory. Switch off only to "
    "replace the memory card."
)
STORE_DAMAGED = N_(
    "the box's data are damaged. Calls and alerts go on from memory; the box repairs them from "
    "its backup."
)
STORE_FAILING = N_(
    "the box's disk takes no data. Calls and alerts go on from memory. Switch off only to "
    "replace the memory card."
)
CARD_SLOW = N_(
    "the box's memory card takes {seconds} s to write: calls and alerts are late. Replace it soon."
)
DATA_MENDED = N_(
    "the box's data were damaged and are repaired; the rota is up to date. Replace the memory "
    "card soon."
)
DATA_OF_BACKUP = N_(
    "the box's data were damaged: it goes on with its backup of {when}. Please check the rota."
)
DATA_LOST = N_("the box's data were damaged and there was no backup. Please check the rota.")
BACKUP_FAILED = N_("the nightly backup could not be made. The journal says why.")
BATTERY_LOW = N_(
    "mains off, battery almost empty: the box stops. The network still forwards calls; SMS wait. "
    "Bring the power back."
)
BOX_DIES = N_(
    "the box lost its power, or its program broke off, at least {count} times within 24 h of "
    "running. Check its power supply."
)
MODEM_DIES = N_(
    "the modem went or restarted by itself four times in an hour: calls are lost meanwhile. "
    "Check its power supply and its cable."
)
BOX_WAS_OFF = N_(
    "the box was probably off between {since} and {until}: calls may have been lost."
)
SETTINGS_OLDER = N_(
    "veilleur.toml cannot be used: the box goes on with older settings. The command veilleur "
    "doctor says why."
)
NO_SITE = N_("no site file is loaded: nobody can be alerted.")
# Updates; the page shows them as well
UPDATE_NOT_A_BUNDLE = N_(
    "the file brought for an update is no update of Veilleur. Nothing was changed."
)
UPDATE_CUT_OFF = N_("the update file is not whole. Nothing was changed.")
UPDATE_SIGNATURE = N_("the signature of the update file is wrong. Nothing was changed.")
UPDATE_OTHER_KEY = N_(
    "the update file was signed by somebody whom this box does not know. Nothing was "
    "changed."
)
UPDATE_CHANGED = N_(
    "the update file was changed after it was signed. Nothing was changed on the box."
)
UPDATE_NO_KEY = N_("this box knows nobody whose updates it may take. Nothing was changed.")
UPDATE_ARCHITECTURE = N_(
    "the update is for another kind of computer ({architecture}). Nothing was changed."
)
UPDATE_OLDER = N_(
    "the update holds version {version}, and the box has {before} already. Nothing was "
    "changed."
)
UPDATE_TOO_FAR = N_(
    "version {version} needs version {minimum} first, and the box has {before}. Nothing was "
    "changed."
)
UPDATE_NO_ROOM = N_(
    "the disk has no room for the update: {free} MB free, {needed} MB needed. Nothing was "
    "changed."
)
UPDATE_NOT_SAVED = N_("the box could not keep what it has before the update. Nothing was changed.")
UPDATE_STICK_GONE = N_(
    "the update could not be read to its end: the stick was pulled out or is worn. Nothing "
    "was changed."
)
UPDATE_TWO_STICKS = N_("two sticks named VEILLEUR are plugged in. Nothing was changed.")
UPDATE_TWO_FILES = N_("the stick holds several update files. Nothing was changed.")
UPDATE_RETURNED = N_(
    "the update to {version} did not become ready: the box is back on {before}."
)
UPDATE_STUCK = N_("the update to {version} failed, and {before} could not be put back.")
STICK_FULL = N_("the USB stick is full: the backup could not be written onto it.")
STICK_FAILED = N_("the backup could not be written onto the USB stick.")
STICK_TWO = N_("two sticks named VEILLEUR are in: no backup was written.")
CLOCK_DIFFERS = N_(
    "the network says that it is another day than the box believes: please check its clock."
)
CLOCK_UNTRUSTED = N_("the box does not know the time: everybody is alerted.")

# What an alert is about, inside other sentences
ABOUT_CALL = N_("call from {caller} at {clock}")
ABOUT_SMS = N_("SMS from {caller} at {clock}")
PIN_TRIES = N_("{person}: five wrong telephone codes within an hour.")
GREETING_RECORDED = N_("{service}: {person} has recorded a greeting by telephone.")
