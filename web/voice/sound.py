"""Sound for the browser: a text as callers will hear it, a recording, a piece of it."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from flask import Response, abort, request, send_file
from flask.typing import ResponseReturnValue

from firmware.rota.grammar import TEXT_MAX
from firmware.sound import wav
from firmware.speech.cupboard import Cupboard
from firmware.speech.engine import SpeechFault, find_engine
from firmware.speech.sentence import sentence
from web.box import box
from web.language import N_
from web.reader import languages
from web.saving import the_rota
from web.voice.blueprint import blueprint

NAME = re.compile(r"(?:greeting|mail)/[0-9A-Za-z][0-9A-Za-z-]{0,39}")
MIME_TYPE = "audio/wav"
NO_ENGINE = N_("Nothing is installed that can speak (espeak-ng).")
# An engine takes all of a processor: two impatient administrators wait for each other
_ONE_AT_A_TIME = threading.Lock()


@blueprint.get("/voice/spoken.wav")
def spoken() -> ResponseReturnValue:
    """``text`` spoken by the engine that callers hear; kept like theirs."""
    text = request.args.get("text", "").strip()[:TEXT_MAX]
    language = the_rota().site.language
    engine = find_engine()
    if engine is None:
        return _told(NO_ENGINE, 503)
    try:
        with _ONE_AT_A_TIME:
            pcm = sentence(Cupboard(box().data_dir), engine, text, language, _heard_all_the_same)
    except SpeechFault as fault:
        return Response(str(fault), 422, mimetype="text/plain")
    return Response(wav.write(pcm), mimetype=MIME_TYPE)


@blueprint.get("/voice/recording/<path:name>.wav")
def recording(name: str) -> ResponseReturnValue:
    """A greeting's own recording."""
    if not name.startswith("greeting/"):
        abort(404)
    return sound_file(name)


def sound_file(name: str) -> Response:
    """The file of a recording, or the piece of it that the player asks for."""
    path = path_of(name)
    if path is None or not path.is_file():
        abort(404)
    return send_file(path, mimetype=MIME_TYPE, conditional=True, max_age=0)


def path_of(name: str) -> Path | None:
    """Where a recording lies; None for a name that is none."""
    if not NAME.fullmatch(name):
        return None
    return box().data_dir / "voice" / f"{name}.wav"


def _heard_all_the_same(fault: str) -> None:
    """A full disk, an engine that fails: they show elsewhere."""


def _told(sentence: str, code: int) -> Response:
    return Response(languages().gettext(sentence), code, mimetype="text/plain")
