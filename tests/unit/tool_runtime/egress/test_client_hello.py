"""The server name is read out of whole, well-formed first messages, and out of nothing else."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tool_runtime.egress.tls.client_hello import MAX_HELLO, MAX_RECORDS, HelloReader, NoClientHelloError, server_name


def a_hello(name: str | None) -> bytes:
    """What OpenSSL sends first."""
    context = ssl.create_default_context()
    context.check_hostname = name is not None
    outgoing = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        connection.do_handshake()
    return outgoing.read()


HELLO = a_hello("a.example")


def hello_of(received: bytes) -> bytes | None:
    """Of what has come in one piece."""
    return HelloReader().take(received)


def body(hello: bytes) -> bytes:
    found = hello_of(hello)
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["a.example", "xn--bcher-kva.example", "A.Example"])
def test_the_name_that_a_client_asks_for_is_read(name: str) -> None:
    assert server_name(body(a_hello(name))) == name.lower()


def test_a_client_that_asks_for_none_is_told_apart() -> None:
    assert server_name(body(a_hello(None))) is None


def test_one_that_says_it_is_too_large_is_refused_before_it_is_there() -> None:
    head = HELLO[:3] + (4).to_bytes(2, "big") + HELLO[5:6]
    with pytest.raises(NoClientHelloError, match="too large"):
        hello_of(head + (MAX_HELLO - 3).to_bytes(3, "big"))
    assert hello_of(head + (MAX_HELLO - 4).to_bytes(3, "big")) is None


@given(st.integers(0, len(HELLO) - 1))
def test_a_part_of_it_is_no_message_yet(length: int) -> None:
    assert hello_of(HELLO[:length]) is None


def in_records(size: int) -> bytes:
    """The hello in records of so many bytes."""
    message = HELLO[5:]
    pieces = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(HELLO[:3] + len(piece).to_bytes(2, "big") + piece for piece in pieces)


@given(st.integers(len(HELLO) // MAX_RECORDS + 1, len(HELLO) - 10))
def test_one_that_is_cut_into_records_is_put_together(size: int) -> None:
    assert hello_of(in_records(size)) == hello_of(HELLO)


@given(st.integers(len(HELLO) // MAX_RECORDS + 1, len(HELLO) - 10), st.integers(1, 100))
def test_however_it_comes_it_is_the_same_and_all_that_came_is_kept(size: int, step: int) -> None:
    sent = in_records(size) + b"more"
    reader, found, at = HelloReader(), None, 0
    while found is None:
        found = reader.take(sent[at : at + step])
        at += step
    assert found == hello_of(HELLO)
    assert bytes(reader.received) == sent[:at]


def test_records_are_counted_so_that_one_of_one_byte_each_costs_little() -> None:
    sent, reader = in_records(1), HelloReader()
    most = 6 * MAX_RECORDS
    assert reader.take(sent[:most]) is None
    with pytest.raises(NoClientHelloError, match=f"more than {MAX_RECORDS} records"):
        reader.take(sent[most : most + 6])


@given(st.integers(0, len(HELLO) - 1), st.integers(0, 255))
def test_whatever_stands_at_a_place_it_is_read_or_refused(place: int, byte: int) -> None:
    changed = bytearray(HELLO)
    changed[place] = byte
    try:
        found = hello_of(bytes(changed))
        name = server_name(found) if found is not None else None
    except NoClientHelloError:
        return
    assert name is None or len(name) <= MAX_HELLO


@pytest.mark.parametrize("start", [b"\x17\x03", b"\x16\x02", b"\x16\x04", b"G", b"\x16\x00"])
def test_another_kind_of_record_and_another_version_are_seen_at_once(start: bytes) -> None:
    with pytest.raises(NoClientHelloError, match="not a TLS handshake"):
        hello_of(start)
    with pytest.raises(NoClientHelloError, match="not a TLS handshake"):
        hello_of(start + HELLO[len(start) :])


@pytest.mark.parametrize("start", [b"", b"\x16", b"\x16\x03", b"\x16\x03\x01\x00"])
def test_what_may_become_one_is_waited_for(start: bytes) -> None:
    assert hello_of(start) is None


@given(st.binary(max_size=400))
def test_what_is_no_tls_is_refused_or_waited_for(received: bytes) -> None:
    try:
        found = hello_of(received)
    except NoClientHelloError:
        return
    assert found is None or received[0] == 22


def test_two_names_and_names_of_another_kind_are_refused() -> None:
    plain = body(HELLO)
    entry = b"\x00\x00\x09a.example"
    at = plain.index(entry)
    head = plain[: at - 6]

    def with_names(names: bytes) -> bytes:
        extension = b"\x00\x00" + (len(names) + 2).to_bytes(2, "big") + len(names).to_bytes(2, "big") + names
        before = _before_extensions(plain)
        return before + len(extension).to_bytes(2, "big") + extension

    assert head
    assert server_name(with_names(entry)) == "a.example"
    for names in (entry + entry, b"\x01" + entry[1:], entry[:-1], entry + b"\x00"):
        with pytest.raises(NoClientHelloError):
            server_name(with_names(names))


def _before_extensions(hello: bytes) -> bytes:
    at = 34
    for size in (1, 2, 1):
        at += size + int.from_bytes(hello[at : at + size], "big")
    return hello[:at]
