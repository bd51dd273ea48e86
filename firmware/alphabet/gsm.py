"""The GSM 7-bit default alphabet: text to septets and back, folding, and what a text costs.

Source: 3GPP 23.038 6.2.1, with the national tables of annex A for what strangers send. This box
itself sends the default alphabet or UCS-2 only: every telephone reads these.
"""

from __future__ import annotations

import unicodedata

from firmware.alphabet.national_tables import (
    DEFAULT_ALPHABET,
    DEFAULT_EXTENSION,
    ESCAPE,
    locking_table,
    single_shift_table,
)

SEPTETS_ALONE, SEPTETS_PER_PART = 160, 153  # 23.040 9.2.3.24.1, 8-bit reference
UNITS_ALONE, UNITS_PER_PART = 70, 67  # UCS-2 code units, same clause

_ENCODED: dict[str, bytes] = {
    **{char: bytes((ESCAPE, septet)) for septet, char in DEFAULT_EXTENSION.items()},
    **{char: bytes((septet,)) for septet, char in enumerate(DEFAULT_ALPHABET) if septet != ESCAPE},
}

# Where Unicode's own decomposition has no answer, or not the one that a reader expects.
_FOLDED: dict[str, str] = {
    **dict.fromkeys("‘’‚‛′´ʼ＇`", "'"),
    **dict.fromkeys("“”„‟″«»＂", '"'),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›", ">"),
    **dict.fromkeys("‐‑‒–—―−•·‣⁃", "-"),
    **dict.fromkeys("\t\v\x1c\x1d\x1e\x1f", " "),
    **dict.fromkeys("\x85\u2028\u2029", "\n"),
    "…": "...",
    "œ": "oe",
    "Œ": "OE",
    "×": "x",
    "÷": "/",
    "→": "->",
    "←": "<-",
    "°": "o",
    "©": "(c)",
    "®": "(r)",
    **dict(zip("łŁđĐðÐıħĦŧŦ", "lLdDdDihHtT", strict=True)),
    "þ": "th",
    "Þ": "Th",
    "¢": "c",
}


def encode_char(char: str) -> bytes | None:
    """The one septet, or the escape pair, of a character; ``None`` when there is none."""
    return _ENCODED.get(char)


def encode(text: str) -> bytes | None:
    """The septets of ``text``, one an octet, unpacked; ``None`` when a character has none."""
    try:
        return b"".join([_ENCODED[char] for char in text])
    except KeyError:
        return None


def decode(septets: bytes, locking: int | None = None, single: int | None = None) -> str:
    """Septets, one an octet, to text. Never fails.

    ``locking`` and ``single`` are the national language identifiers of the user data header
    (23.038 6.2.1.2.4). An escape that the tables do not know shows the character of the main
    table (23.038 6.2.1.1 note 5), a doubled escape a space (note 1). An escape that ends the
    septets stays as U+001B: the next part may hold the other half; see :func:`clean`.
    """
    main, extension = locking_table(locking), single_shift_table(single)
    result: list[str] = []
    escaped = False
    for septet in septets:
        if escaped:
            escaped = False
            if septet == ESCAPE:
                result.append(" ")
            else:
                result.append(extension.get(septet, main[septet]))
        elif septet == ESCAPE:
            escaped = True
        else:
            result.append(main[septet])
    if escaped:
        result.append("\x1b")
    return "".join(result)


def clean(text: str) -> str:
    """Text that UTF-8 can store: surrogate pairs joined, lone halves and escapes made visible."""
    units = text.encode("utf-16-be", "surrogatepass")
    return units.decode("utf-16-be", "replace").replace("\x1b", " ")


def septets(text: str) -> int | None:
    """Septets that ``text`` takes in the default alphabet; ``None`` when it does not fit it."""
    encoded = encode(text)
    return None if encoded is None else len(encoded)


def units(char: str) -> int:
    """UCS-2 code units of one character: two outside the basic plane."""
    return 2 if ord(char) > 0xFFFF else 1


def fold(text: str) -> str:
    """``text`` in the characters of the GSM 7-bit default alphabet, so that it stays cheap.

    For names and our own sentences, never for what a caller wrote. What has a septet stays
    (``é``, ``à``, ``Ç``, ``€``); other accents go (``ç`` to ``c``), typographic signs become
    plain, marks without a width vanish, and what nothing stands for becomes ``?``.
    """
    return "".join(_fold_char(char) for char in unicodedata.normalize("NFC", text))


def fold_own(text: str) -> str:
    """``text`` folded as long as nothing is lost by it: words in another script stay as they are,
    for they would become a row of question marks."""
    folded = fold(text)
    return text if folded.count("?") > text.count("?") else folded


def _fold_char(char: str) -> str:
    if char in _ENCODED:
        return char
    folded = _FOLDED.get(char)
    if folded is not None:
        return folded
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if category in ("Mn", "Me", "Cf", "Cc"):
        return ""
    decomposed = unicodedata.normalize("NFKD", char)
    if decomposed == char:
        return "?"
    kept = "".join(_FOLDED.get(piece, piece) for piece in decomposed)
    kept = "".join(piece for piece in kept if not unicodedata.combining(piece))
    return kept if kept and encode(kept) is not None else "?"


def split(text: str) -> tuple[str, ...]:
    """``text`` cut into what one SMS each carries; no pair of septets or surrogates is cut.

    One piece when it fits one SMS alone, else pieces that leave room for the concatenation
    element. No piece for an empty text.
    """
    if not text:
        return ()
    total = septets(text)
    if total is not None:
        if total <= SEPTETS_ALONE:
            return (text,)
        return _cut(text, [len(_ENCODED[char]) for char in text], SEPTETS_PER_PART)
    sizes = [units(char) for char in text]
    if sum(sizes) <= UNITS_ALONE:
        return (text,)
    return _cut(text, sizes, UNITS_PER_PART)


def _cut(text: str, sizes: list[int], room: int) -> tuple[str, ...]:
    pieces: list[str] = []
    start = filled = 0
    for index, size in enumerate(sizes):
        if filled + size > room:
            pieces.append(text[start:index])
            start, filled = index, 0
        filled += size
    pieces.append(text[start:])
    return tuple(pieces)


def segments(text: str) -> int:
    """How many SMS ``text`` costs as it stands, unfolded; 0 when it is empty."""
    return len(split(text))
