"""The GSM 7 bit default alphabet with its extension table. 23.038 6.1.2, 6.2.1."""

from __future__ import annotations

_DEFAULT = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)  # 23.038 6.2.1
_EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}  # 23.038 6.2.1.1
_ESCAPE = 0x1B

_SEPTETS: dict[str, tuple[int, ...]] = {
    character: (code,) for code, character in enumerate(_DEFAULT) if code != _ESCAPE
} | {character: (_ESCAPE, code) for code, character in _EXTENSION.items()}


def septets_of(text: str) -> list[tuple[int, ...]] | None:
    """One or two septets for each character, or None when a character has none."""
    try:
        return [_SEPTETS[character] for character in text]
    except KeyError:
        return None


def text_of(septets: list[int]) -> str:
    """Septets to text; an unknown extension shows the default table's character (6.2.1.1)."""
    if _ESCAPE not in septets:
        return "".join([_DEFAULT[septet] for septet in septets])
    out: list[str] = []
    escaped = False
    for septet in septets:
        if escaped:
            out.append(_EXTENSION.get(septet, _DEFAULT[septet] if septet != _ESCAPE else " "))
            escaped = False
        elif septet == _ESCAPE:
            escaped = True
        else:
            out.append(_DEFAULT[septet])
    return "".join(out)


def pack(septets: list[int], fill_bits: int = 0) -> bytes:
    """Septets to octets, the first one `fill_bits` from the start. 23.038 6.1.2.1."""
    value = 0
    shift = fill_bits
    for septet in septets:
        value |= septet << shift
        shift += 7
    return value.to_bytes((shift + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> list[int]:
    """`count` septets out of octets; raises ValueError when there are fewer."""
    if count * 7 + fill_bits > len(octets) * 8:
        raise ValueError(f"{count} septets do not fit into {len(octets)} octets")
    value = int.from_bytes(octets, "little") >> fill_bits
    return [(value >> (7 * position)) & 0x7F for position in range(count)]
