"""The pages of the local sign-in: plain HTML without scripts, every text escaped."""

from collections.abc import Mapping
from html import escape

from control_plane.people.local_login.users import SHIPPED

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem;color:#1b1b1f}"
    "button{font:inherit;display:block;width:100%;text-align:left;margin:.4rem 0;padding:.6rem .8rem;"
    "border:1px solid #888;border-radius:.4rem;background:#fff;cursor:pointer}"
    "input{font:inherit;width:100%;padding:.5rem;box-sizing:border-box}"
    "p{color:#555}"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Where a form may lead is left out: browsers would apply it to the program's address after the redirect, too.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
}


def page(title: str, *parts: str) -> str:
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"<h1>{escape(title)}</h1>{''.join(parts)}</html>"
    )


def text(sentence: str) -> str:
    return f"<p>{escape(sentence)}</p>"


def chooser(path: str, hidden: Mapping[str, str], *, refusable: bool = False) -> str:
    """In which somebody says who they are.

    Each way is a form of its own: a browser that is told Enter presses the first button of the form, which is to be the
    one of what was typed.
    """
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    users = "".join(
        f'<button name="email" value="{escape(user.email)}">{escape(user.email)}'
        f"{' (operator of the platform)' if user.operates else ''}</button>"
        for user in SHIPPED
    )
    other = '<label>or somebody else: <input name="other" type="email" placeholder="you@example.com"></label>'
    other += "<button>sign in with this address</button>"
    refuse = '<button name="refuse" value="yes">refuse</button>' if refusable else ""
    return "".join(
        f'<form method="post" action="{escape(path)}">{fields}{way}</form>' for way in (users, other, refuse) if way
    )


def code_form(path: str) -> str:
    """A form that asks for the code that a device shows."""
    field = '<label>the code that your device shows: <input name="user_code" autocomplete="off" autofocus></label>'
    return f'<form method="get" action="{escape(path)}">{field}<button>go on</button></form>'
