"""Several files make one configuration: every name stands in one of them, and what is wrong is said with its line."""

from pathlib import Path

import pytest

from fixtures.gateways.gateway_routes import LIKE_THE_STACK
from llm_gateway.configuration.file import GatewayFile
from llm_gateway.configuration.loading import GatewayFileInvalid, load_configuration
from llm_gateway.settings import DEFAULT_ROUTES, RoutesSettings

FIRST = """version = "1"

[providers.ours]
adapter = "openai-compatible"
base_url = "{place}/v1"

[routes."big-*"]
targets = [{ provider = "ours", model = "*" }]

[[prices]]
provider = "ours"
model = "*"
input = "1"
output = "2"

[limits.tenant]
requests_a_minute = 7
"""
SECOND = """[providers.theirs]
adapter = "openai-compatible"
base_url = "http://theirs/v1"
key = { env = "THEIR_KEY" }

[routes."big-one-*"]
targets = [{ provider = "theirs", model = "*" }]

[stand_ins]
"big-*" = { provider = "theirs", model = "small" }

[[prices]]
provider = "theirs"
model = "*"
input = "1"
output = "2"

[[prices]]
provider = "ours"
model = "big-*"
input = "3"
output = "4"
"""


def loaded(folder: Path, *texts: str) -> GatewayFile:
    files = [folder / f"{place}.toml" for place in range(1, len(texts) + 1)]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    return load_configuration(files, placeholders={"place": "http://ours/"})


def test_what_stands_in_each_file_is_served(tmp_path: Path) -> None:
    whole = loaded(tmp_path, FIRST, SECOND)
    assert set(whole.providers) == {"ours", "theirs"}
    assert whole.providers["ours"].base_url == "http://ours/v1"
    assert whole.stand_ins["big-*"].model == "small"
    assert whole.limits.tenant.requests_a_minute == 7


def test_the_closest_pattern_goes_first_whatever_the_order_of_files(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other = loaded(tmp_path, FIRST, SECOND), loaded(tmp_path / "other", SECOND, FIRST)
    assert list(one.routes) == list(other.routes) == ["big-one-*", "big-*"]
    assert one.prices[0].model == other.prices[0].model == "big-*"


def test_versions_of_all_files_are_one_version(tmp_path: Path) -> None:
    assert loaded(tmp_path, FIRST, SECOND).version == "1"
    assert loaded(tmp_path, FIRST, 'version = "b"\n' + SECOND).version == "1+b"


def test_one_of_the_files_must_have_a_version(tmp_path: Path) -> None:
    with pytest.raises(GatewayFileInvalid, match="version: no file has one"):
        loaded(tmp_path, SECOND)


@pytest.mark.parametrize(
    ("again", "why"),
    [
        ('[providers.ours]\nadapter = "openai-compatible"\nbase_url = "x"\n', r"2\.toml: line 1: providers\.ours"),
        ('\n[routes."big-*"]\ntargets = [{ provider = "ours", model = "*" }]\n', r"2\.toml: line 2: routes\.big-\*"),
        (
            '[[prices]]\nprovider = "ours"\nmodel = "*"\ninput = "1"\noutput = "2"\n',
            r"line 1: prices\.0: prices\.ours\.\*",
        ),
        ("[limits.tenant]\nat_once = 3\n", r"line 1: limits\.tenant"),
    ],
)
def test_a_name_that_two_files_define_is_refused_with_both_places(tmp_path: Path, again: str, why: str) -> None:
    with pytest.raises(GatewayFileInvalid, match=rf"{why}.* is defined a second time, after .*1\.toml: line \d+"):
        loaded(tmp_path, FIRST, again)


@pytest.mark.parametrize(
    ("stray", "why"),
    [
        (
            '[routes.x]\ntargets = [{ provider = "nobody", model = "x" }]\n',
            r"line 1: routes\.x: there is no provider 'nobody'",
        ),
        (
            '\n[stand_ins]\nnone = { provider = "ours", model = "x" }\n',
            r"line 3: stand_ins\.none: there is no route 'none'",
        ),
        ("[routes.x]\ntargets = []\n", r"line 2: routes\.x\.targets"),
        ('[providers.x]\nadapter = "openai-compatible"\nbase_url = "x"\nkey = {}\n', r"line 4: providers\.x\.key"),
        (
            '[providers.x]\nadapter = "openai-compatible"\nbase_url = "x"\nkey = "sk-secret"\n',
            r"line 4: providers\.x\.key",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path: Path, stray: str, why: str) -> None:
    with pytest.raises(GatewayFileInvalid, match=rf"2\.toml: {why}") as refused:
        loaded(tmp_path, FIRST, stray)
    assert "sk-secret" not in str(refused.value)


def test_the_product_alone_is_a_configuration_without_the_local_stack() -> None:
    product = load_configuration([DEFAULT_ROUTES], placeholders={})
    assert "simulated" not in product.providers
    assert {"openai", "anthropic"} <= set(product.providers)
    assert product.stand_ins == {}
    assert "simulated" not in DEFAULT_ROUTES.read_text()


def test_the_local_stacks_files_fit_the_products() -> None:
    whole = load_configuration([DEFAULT_ROUTES, *LIKE_THE_STACK], placeholders={"simulated_provider_url": "http://x"})
    assert set(whole.stand_ins) == {"default", "penguins-agent", "penguins-summary"}


def test_extra_files_are_named_as_path_names_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTEP_EXTRA_ROUTES_FILES", "/a/one.toml:two.toml")
    assert RoutesSettings().all_routes_files == (DEFAULT_ROUTES, Path("/a/one.toml"), Path("two.toml"))
    monkeypatch.setenv("LOCKSTEP_EXTRA_ROUTES_FILES", "")
    assert RoutesSettings().all_routes_files == (DEFAULT_ROUTES,)
