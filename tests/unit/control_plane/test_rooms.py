"""A room answers for its own paths as any router does, and is not asked about others."""

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Match

from control_plane.rooms import RoomRouter


def an_app() -> FastAPI:
    things, others = RoomRouter(prefix="/things"), RoomRouter()

    @things.get("/{name}")
    async def one(name: str) -> dict[str, str]:
        return {"thing": name}

    @others.post("/things")
    async def make() -> dict[str, str]:
        return {"made": "thing"}

    @others.get("/others/{name:path}")
    async def other(name: str) -> dict[str, str]:
        return {"other": name}

    app = FastAPI()
    for room in (things, others):
        app.include_router(room, prefix="/api/v1")
    return app


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("GET", "/api/v1/things/a", 200, {"thing": "a"}),
        ("POST", "/api/v1/things", 200, {"made": "thing"}),
        ("GET", "/api/v1/others/a/b", 200, {"other": "a/b"}),
        ("GET", "/api/v1/thing/a", 404, None),
        ("GET", "/api/v1/thingsa", 404, None),
        ("GET", "/api/v1", 404, None),
        ("GET", "/api/v1/", 404, None),
        ("GET", "/api", 404, None),
        ("GET", "/", 404, None),
        ("GET", "/api/v1//things/a", 404, None),
        ("GET", "/api/v2/things/a", 404, None),
        ("GET", "/things/a", 404, None),
        ("GET", "/api/v1/%74hings/a", 200, {"thing": "a"}),
        ("DELETE", "/api/v1/things/a", 405, None),
    ],
)
async def test_paths_lead_where_they_lead_without_rooms(
    method: str, path: str, status: int, body: dict[str, str] | None
) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(an_app()), base_url="http://test") as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert body is None or answer.json() == body


def test_a_room_compares_no_route_with_a_path_of_others() -> None:
    class Asked:
        path = "/things/{name}"

        def matches(self, _scope: object) -> None:
            raise AssertionError("asked about the path of others")

    room = RoomRouter()
    room.routes.append(Asked())  # type: ignore[arg-type]  # a route as far as the room looks
    assert room.matches({"type": "http", "method": "GET", "path": "/api/v1/others"})[0] is Match.NONE
