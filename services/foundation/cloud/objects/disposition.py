"""The name under which a browser keeps a file."""

from urllib.parse import quote


def disposition(file_name: str, *, inline: bool) -> str:
    """`Content-Disposition` by RFC 6266: the exact name in `filename*`, and an ASCII likeness of it for old clients."""
    kind = "inline" if inline else "attachment"
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in file_name)
    if plain == file_name:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
