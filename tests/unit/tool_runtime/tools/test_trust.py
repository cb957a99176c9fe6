"""A job is told what it has to know of its proxy: an authority where that ends TLS, and the key of its refusals."""

from tool_runtime.tools.programs.refusal_proof import KEY_VARIABLE
from tool_runtime.tools.trust import proxy_environment, trusted_files


def test_without_an_authority_there_is_none_to_tell_of() -> None:
    assert trusted_files(None) == ()
    assert proxy_environment(None, "key") == {KEY_VARIABLE: "key"}


def test_the_bundle_has_the_system_s_authorities_and_this_one() -> None:
    (path, bundle), alone = trusted_files(b"ours")
    assert alone == ("/tmp/authority.pem", b"ours")
    assert bundle.endswith(b"\nours")
    assert bundle.count(b"-----BEGIN CERTIFICATE-----") > 10
    environment = proxy_environment(b"ours", "key")
    assert environment.pop(KEY_VARIABLE) == "key"
    assert len(set(environment.values())) == 1
    assert set(environment) == {
        *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS")
    }
    assert path.rpartition("/")[2] in next(iter(environment.values()))
