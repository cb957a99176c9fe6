"""A changed file is served when it is good; otherwise what was served before goes on, and an alert says why."""

from pathlib import Path
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import DependencyUnavailable
from llm_gateway.breakers.alerts import Alert, Alerts
from llm_gateway.breakers.board import BreakerBoard
from llm_gateway.configuration.file import KeyReference
from llm_gateway.configuration.loading import GatewayFileInvalid, Published
from llm_gateway.routing.routes import NoProviderKey
from llm_gateway.routing.serving import Serving

FILE = """
version = "{version}"
[providers.p]
adapter = "openai-compatible"
base_url = "http://127.0.0.1:1"
key = {{ env = "P_KEY" }}
[routes.{route}]
targets = [{{ provider = "p", model = "m" }}]
[[prices]]
provider = "p"
model = "*"
input = "{price}"
output = "1"
"""


class _KnownAlerts:
    def __init__(self) -> None:
        self.known: list[tuple[Alert, str]] = []

    def send(self, alert: Alert, *, why: str) -> None:
        self.known.append((alert, why))


class _Case:
    """A gateway's file, what is served from it, and what was noticed."""

    def __init__(self, path: Path, *, key: str | None = "k") -> None:
        self.path = path
        self.alerts = _KnownAlerts()
        self.limits: list[Any] = []
        self.key = key
        self.published: Published | None = None
        self.is_away = False
        self.write()
        self.serving = Serving(
            [path],
            placeholders={},
            read_published=self._published_now,
            key_of=self._key_of,
            breakers=BreakerBoard(Redis(), instance_id="one"),
            alerts=cast("Alerts", self.alerts),
            on_limits=self.limits.append,
        )

    def write(self, *, version: str = "1", route: str = "a", price: str = "1") -> None:
        self.path.write_text(FILE.format(version=version, route=route, price=price))

    async def _published_now(self) -> Published | None:
        if self.is_away:
            raise DependencyUnavailable("away")
        return self.published

    async def _key_of(self, reference: KeyReference) -> str | None:
        assert reference.env == "P_KEY"
        return self.key


@pytest.fixture
async def case(tmp_path: Path) -> _Case:
    made = _Case(tmp_path / "gateway.toml")
    await made.serving.begin()
    return made


async def test_a_bad_file_at_the_start_ends_the_gateway(tmp_path: Path) -> None:
    made = _Case(tmp_path / "gateway.toml")
    made.path.write_text("version =")
    with pytest.raises(GatewayFileInvalid):
        await made.serving.begin()


async def test_a_good_change_is_served(case: _Case) -> None:
    case.write(route="b")
    assert await case.serving.reload()
    assert case.serving.routes.names(None) == ["b"]
    assert len(case.limits) == 2
    await case.serving.close()


async def test_a_bad_change_is_refused_with_an_alert_and_nothing_changes(case: _Case) -> None:
    case.path.write_text("nonsense")
    assert not await case.serving.reload()
    assert case.serving.routes.names(None) == ["a"]
    ((alert, why),) = case.alerts.known
    assert alert is Alert.CONFIGURATION_REFUSED
    assert "gateway.toml" in why
    await case.serving.close()


async def test_other_prices_need_another_version(case: _Case) -> None:
    case.write(price="2")
    assert not await case.serving.reload()
    case.write(price="2", version="2")
    assert await case.serving.reload()
    price = case.serving.routes.resolve("a", Dialect.CHAT).targets[0].price
    assert (price.version, price.tiers[0].input) == ("routes/2", 2_000_000_000)
    await case.serving.close()


async def test_a_file_that_says_the_same_changes_nothing(case: _Case) -> None:
    before = case.serving.routes
    case.path.write_text(case.path.read_text() + "\n# a comment\n")
    assert await case.serving.reload()
    assert case.serving.routes is before
    await case.serving.close()


async def test_a_provider_whose_key_is_missing_is_passed_over(tmp_path: Path) -> None:
    made = _Case(tmp_path / "gateway.toml", key=None)
    await made.serving.begin()
    with pytest.raises(NoProviderKey):
        made.serving.routes.resolve("a", Dialect.CHAT)
    made.key = "now there is one"
    made.write(route="b")
    await made.serving.reload()
    assert made.serving.routes.resolve("b", Dialect.CHAT).targets[0].provider.name == "p"
    await made.serving.close()


PUBLISHED = """
[routes.a]
targets = [{ provider = "p", model = "other" }]
[[prices]]
provider = "p"
model = "*"
input = "9"
output = "1"
"""
SECOND_PRICE = """
[[prices]]
provider = "p"
model = "*"
input = "8"
output = "1"
"""


async def test_what_is_published_is_served_in_place_of_what_the_file_says(case: _Case) -> None:
    case.published = Published(3, PUBLISHED)
    await case.serving.look()
    [target] = case.serving.routes.resolve("a", Dialect.CHAT).targets
    assert (target.model, target.price.version, target.price.tiers[0].input) == (
        "other",
        "routes/1+published-3",
        9_000_000_000,
    )
    case.published = None
    await case.serving.look()
    [target] = case.serving.routes.resolve("a", Dialect.CHAT).targets
    assert (target.model, target.price.version) == ("m", "routes/1")
    await case.serving.close()


async def test_what_is_published_and_cannot_be_served_is_refused_with_an_alert(case: _Case) -> None:
    case.published = Published(4, "[routes.a]\ntargets = [{ provider = 'gone', model = 'm' }]\n")
    await case.serving.look()
    assert case.serving.routes.names(None) == ["a"]
    ((alert, why),) = case.alerts.known
    assert alert is Alert.CONFIGURATION_REFUSED
    assert "version 4 of what is published: line 1" in why
    await case.serving.close()


async def test_nothing_is_served_until_it_is_known_what_is_published(tmp_path: Path) -> None:
    made = _Case(tmp_path / "gateway.toml")
    made.is_away = True
    await made.serving.begin()
    with pytest.raises(DependencyUnavailable):
        await made.serving.check()
    made.is_away, made.published = False, Published(1, PUBLISHED)
    await made.serving.look()
    assert made.serving.routes.resolve("a", Dialect.CHAT).targets[0].model == "other"
    made.is_away = True
    made.write(route="b")
    await made.serving.look()
    assert made.serving.routes.names(None) == ["a", "b"]
    assert made.serving.routes.resolve("a", Dialect.CHAT).targets[0].model == "other"
    await made.serving.close()


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("", None),
        (PUBLISHED, None),
        ("version = '2'", "line 1: version: leave it out; what is published is numbered"),
        ("[routes.a", "Expected ']'"),
        ("[routes.z]\ntargets = [{ provider = 'q', model = 'm' }]", "line 1: routes.z: there is no provider 'q'"),
        ("[[prices]]\nprovider='p'\nmodel='m'\ninput='-1'\noutput='1'", "line 4: prices.0.input"),
        (PUBLISHED + SECOND_PRICE, "prices.p.* is defined a second time"),
        ("x = " + "[" * 5000, ""),
    ],
)
async def test_a_proposal_is_checked_over_the_files(case: _Case, document: str, fault: str | None) -> None:
    told = case.serving.fault_of(document)
    assert (told is None) if fault is None else (told is not None and fault in told), told
    await case.serving.close()
