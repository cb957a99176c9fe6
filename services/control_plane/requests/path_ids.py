"""Ids in paths beside which a word has a route of its own: `/dead-letters/redrive` is no dead letter's address."""

from starlette.convertors import Convertor, register_url_convertor

WORDS = ("redrive", "verify", "accept")


class IdInPath(Convertor[str]):
    """Written `{name:id}`: any part of a path but these words, so that another method of theirs is refused with 405."""

    regex = f"(?!(?:{'|'.join(WORDS)})(?:/|$))[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


# Starlette reads paths when routes are declared, which is at import too.
register_url_convertor("id", IdInPath())


def id_in_path(name: str) -> str:
    """The parameter as a route's path has it."""
    return f"{{{name}:id}}"
