"""A job whose proxy ends TLS is told of one more authority; all others are told nothing."""

from tool_runtime.tools.trust import trusted_files, trusting_environment


def test_without_an_authority_there_is_nothing_to_tell() -> None:
    assert trusted_files(None) == ()
    assert trusting_environment(None) == {}


def test_the_bundle_has_the_system_s_authorities_and_this_one() -> None:
    (path, bundle), alone = trusted_files(b"ours")
    assert alone == ("/tmp/authority.pem", b"ours")
    assert bundle.endswith(b"\nours")
    assert bundle.count(b"-----BEGIN CERTIFICATE-----") > 10
    environment = trusting_environment(b"ours")
    assert len(set(environment.values())) == 1
    assert set(environment) == {
        *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS")
    }
    assert path.rpartition("/")[2] in next(iter(environment.values()))
