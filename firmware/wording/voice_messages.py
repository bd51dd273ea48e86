"""The sentences that are spoken on a call, in English; the catalogues hold the translations.

Written for the ear: short, the key last ("for ..., press 1"), numbers digit pair by digit pair.
Nothing here says anything about anybody's health.
"""

from __future__ import annotations

from firmware.wording.wording import N_

# To the caller
WELCOME = N_("Hello, you have reached {site}.")
EMERGENCY = N_("In a life-threatening emergency, hang up and dial 15 or 112.")
MENU_ITEM = N_("For {service}, press {key}.")
PLEASE_HOLD = N_("Please stay on the line, we are looking for the person on duty.")
TRYING_NEXT = N_("Please stay on the line, we are trying another number.")
OR_MESSAGE = N_("To leave a message, press 1.")
OR_WAIT = N_("It may take a minute or two.")
NOT_YET = N_(
    "Nobody has answered yet. To leave a message, press 1. "
    "Otherwise stay on the line, we keep looking."
)
NOT_YET_NO_MESSAGE = N_("Nobody has answered yet. Stay on the line, we keep looking.")
LEAVE_MESSAGE = N_(
    "Nobody can take your call at the moment. After the beep, say your name, your number and what "
    "you need. Your message is recorded and told at once to the person on duty. "
    "To finish, press hash."
)
LEAVE_WISHED_MESSAGE = N_(
    "After the beep, say your name, your number and what you need. Your message is recorded and "
    "told at once to the person on duty. To finish, press hash."
)
THANK_YOU = N_("Thank you. The person on duty is told and will call you back. Goodbye.")
NO_MESSAGE = N_(
    "Nobody can take your call at the moment. The person on duty is told by text message and will "
    "call you back. Goodbye."
)
PUT_THROUGH = N_("We could not put you through.")

# To the person who is rung
WHISPER = N_("Call for {service}, from {caller}. Press 1 to accept, 2 to pass on.")
WHISPER_OTHER = N_("{site} is calling you back. Press 1 to take the call.")
HIDDEN_NUMBER = N_("a hidden number")
KNOWN_CALLER = N_("{number}, {contact}")
NOT_JOINED = N_("The call could not be put through. Please call back {caller}.")

# To somebody of the staff who rings the box
STAFF_WELCOME = N_(
    "Hello {person}. For the messages, enter your code, then hash. "
    "To reach the person on duty, press 0, or stay on the line."
)
WRONG_CODE = N_("That is not the right code. Enter your code, then hash.")
NO_MORE_TRIES = N_("Too many wrong codes. Goodbye.")
NO_MESSAGES = N_("There are no messages. Goodbye.")
MESSAGE_COUNT = N_("Messages: {count}.")
MESSAGE_FROM = N_("From {caller}, {clock}.")
MAILBOX_MENU = N_(
    "To hear it again, press 1. For the next one, press 2. To delete it, press 3. "
    "To call back, press 4. To end, press 0."
)
DELETED = N_("Deleted.")
NO_CALL_BACK = N_("This number cannot be called back.")
MAILBOX_CHOICE = N_(
    "Messages: {count}. To hear them, press 1. To record a greeting, press 2. To end, press 0."
)
LAST_MESSAGE = N_("There are no more messages. Goodbye.")

# To an administrator who records a greeting
TIME_ALWAYS = N_("For the usual greeting, press {key}.")
TIME_OPEN = N_("For the opening hours, press {key}.")
TIME_CLOSED = N_("For the time outside opening hours, press {key}.")
TIME_HOLIDAY = N_("For bank holidays, press {key}.")
DICTATE = N_(
    "Speak after the beep, for {seconds} seconds at most. To finish, press hash. "
    "The sentence about emergencies follows by itself."
)
ONE_MOMENT = N_("One moment, the greeting is being prepared.")
CALLERS_HEAR = N_("Callers will hear this.")
REVIEW_MENU = N_(
    "To keep it, press 1. To hear it again, press 2. To record it again, press 3. "
    "To leave everything as it was, press 0."
)
GREETING_KEPT = N_("Kept. Callers hear it from now on.")
NOTHING_CHANGED = N_("Nothing was changed.")
NOT_HEARD = N_("Nothing could be heard.")
NOT_KEPT = N_("It could not be kept. Nothing was changed.")
