"""A text of somebody else within a sentence of ours, such as the detail of an error."""


def quoted(value: object) -> str:
    """In quotation marks, as it is written; what would not be seen, or would begin another line, by its number.

    People read these sentences, so that nothing in them is spelled as Python would spell it.
    """
    text = str(value)
    mark = '"' if "'" in text and '"' not in text else "'"
    seen = "".join(one if one.isprintable() else f"<U+{ord(one):04X}>" for one in text)
    return f"{mark}{seen}{mark}"
