"""docs/reference/permissions.md says what each route asks for, and who holds it."""

from fixtures.api.permissions_page import PAGE, page_of
from fixtures.api.unopened_apps import unopened_api


def test_the_page_is_that_of_the_routes() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert page_of(text, unopened_api()) == text, "run `make permissions-page` and read what has changed"
