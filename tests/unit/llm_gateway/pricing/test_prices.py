"""Prices: our own table is the simulated provider's, and the package's are read as they stand."""

from decimal import Decimal
from pathlib import Path

import pytest

from fixtures.gateways.gateway_routes import LIKE_THE_STACK
from llm_gateway.configuration.loading import GatewayFileInvalid, load_configuration
from llm_gateway.exchange.usage import Usage
from llm_gateway.pricing.prices import PriceTable
from llm_gateway.settings import DEFAULT_ROUTES
from simulated_provider.billing.prices import cost

ROUTES = load_configuration(
    (DEFAULT_ROUTES, *LIKE_THE_STACK), placeholders={"simulated_provider_url": "http://127.0.0.1:1"}
)


@pytest.mark.parametrize("model", ["default", "penguins-agent", "odd-1", "fault-cut=3"])
@pytest.mark.parametrize(("input_tokens", "cached", "output_tokens"), [(1, 0, 1), (7, 3, 11), (123_457, 1, 0)])
def test_the_routes_file_bills_as_the_simulated_provider_does(
    model: str, input_tokens: int, cached: int, output_tokens: int
) -> None:
    price = PriceTable(ROUTES).price_of("simulated", model)
    assert price is not None
    usage = Usage(input_tokens=input_tokens, cached_input_tokens=cached, output_tokens=output_tokens)
    billed = cost(model, input_tokens=input_tokens, cached_input_tokens=cached, output_tokens=output_tokens)
    assert Decimal(price.cost(usage)) == billed * 10**9


def test_every_default_target_has_a_price() -> None:
    table = PriceTable(ROUTES)
    for route in ROUTES.routes.values():
        for target in route.targets:
            if target.model != "*":
                price = table.price_of(target.provider, target.model)
                assert price is not None
                assert price.tiers[0].input > 0


def test_a_model_that_nobody_priced_has_no_price() -> None:
    assert PriceTable(ROUTES).price_of("openai", "no-such-model") is None


@pytest.mark.parametrize("text", ["version = 1", "nonsense", 'version = "1"\n[routes.a]\ntargets = []'])
def test_a_bad_routes_file_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "routes.toml"
    file.write_text(text)
    with pytest.raises(GatewayFileInvalid, match=r"routes\.toml"):
        load_configuration([file], placeholders={})
