"""The system call filter: its numbers, and what its program decides for every call."""

import ctypes
import errno
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tool_runtime.sandbox.filter import assembly, bpf

ALLOWED = assembly.ALLOW
KILLED = assembly.KILL_PROCESS
UNKNOWN_TO_OLD_LIBRARIES = {"setxattrat": 463, "open_tree_attr": 467, "set_mempolicy_home_node": 450}
WORDS = st.integers(0, 2**32 - 1)


def refused(number: int) -> int:
    return assembly.ERRNO | number


def decide(machine: str, call: int, *arguments: int, arch: int | None = None, shared_memory: bool = True) -> int:
    """Run the program as the kernel would, over a `struct seccomp_data`."""
    architecture = assembly.ARCHITECTURES[machine]
    full = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", call, architecture.audit if arch is None else arch, 0, *full)
    raw = bpf.program_bytes(machine, shared_memory=shared_memory)
    program = [struct.unpack_from("<HBBI", raw, at) for at in range(0, len(raw), 8)]
    accumulator, at = 0, 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        if code == assembly.LD:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == assembly.AND:
            accumulator &= value
        elif code == assembly.RET:
            return int(value)
        else:
            true = {
                assembly.JEQ: accumulator == value,
                assembly.JGE: accumulator >= value,
                assembly.JSET: accumulator & value != 0,
            }
            at += yes if true[code] else no


@pytest.fixture(params=sorted(assembly.ARCHITECTURES))
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_number_is_the_one_that_libseccomp_knows(machine: str) -> None:
    resolve = ctypes.CDLL("libseccomp.so.2").seccomp_syscall_resolve_name_arch
    resolve.argtypes = [ctypes.c_uint32, ctypes.c_char_p]
    architecture = assembly.ARCHITECTURES[machine]
    told = {name: resolve(architecture.audit, name.encode()) for name in architecture.table}
    unknown = {name for name, number in told.items() if number == -1}
    assert unknown <= set(UNKNOWN_TO_OLD_LIBRARIES)
    assert {name: n for name, n in told.items() if n != -1} | {
        name: UNKNOWN_TO_OLD_LIBRARIES[name] for name in unknown
    } == architecture.table


def test_a_call_that_has_no_number_in_the_table_does_not_exist_on_that_machine(machine: str) -> None:
    resolve = ctypes.CDLL("libseccomp.so.2").seccomp_syscall_resolve_name_arch
    resolve.argtypes = [ctypes.c_uint32, ctypes.c_char_p]
    architecture = assembly.ARCHITECTURES[machine]
    judged = {*bpf._JUDGED, "mmap"}
    absent = ({*bpf.FORBIDDEN, *bpf.NOT_THERE, *bpf.NOT_SUPPORTED} | judged) - set(architecture.table)
    assert {name for name in absent if resolve(architecture.audit, name.encode()) >= 0} == set()


def test_every_jump_stays_inside_and_the_kernel_would_take_the_program(machine: str) -> None:
    program = bpf.instructions(assembly.ARCHITECTURES[machine], shared_memory=False)
    assert len(program) <= 4096
    assert program[-1][0] == assembly.RET
    for at, (code, yes, no, _) in enumerate(program):
        assert max(yes, no) < 256
        assert code == assembly.RET or at + 1 + max(yes, no) < len(program)


def test_each_forbidden_call_is_refused_and_each_absent_one_unknown(machine: str) -> None:
    table = assembly.ARCHITECTURES[machine].table
    assert {decide(machine, table[name]) for name in bpf.FORBIDDEN if name in table} == {refused(errno.EPERM)}
    assert {decide(machine, table[name]) for name in bpf.NOT_THERE if name in table} == {refused(errno.ENOSYS)}
    assert {decide(machine, table[name]) for name in bpf.NOT_SUPPORTED} == {refused(errno.EOPNOTSUPP)}


@given(call=st.integers(0, 1023), arguments=st.lists(WORDS, max_size=6))
def test_a_call_that_no_rule_names_is_allowed(call: int, arguments: list[int]) -> None:
    for machine, architecture in assembly.ARCHITECTURES.items():
        if call not in architecture.table.values():
            assert decide(machine, call, *arguments) == ALLOWED


@given(arch=WORDS, call=WORDS)
def test_a_foreign_architecture_dies(arch: int, call: int) -> None:
    for machine, architecture in assembly.ARCHITECTURES.items():
        if arch != architecture.audit:
            assert decide(machine, call, arch=arch) == KILLED


@given(call=st.integers(0x40000000, 2**32 - 1))
@example(0x40000000)
def test_x32_numbers_die_on_x86(call: int) -> None:
    assert decide("x86_64", call) == KILLED


@settings(max_examples=400)
@given(
    family=st.integers(0, 50),
    kind=st.integers(0, 15),
    flags=st.sampled_from([0, 0o4000, 0o2000000]),
    protocol=st.integers(0, 300),
)
@example(16, 3, 0, 0)
@example(16, 3, 0, 1)
@example(2, 1, 0, 6)
@example(10, 2, 0, 17)
@example(2, 1, 0, 132)
def test_only_unix_plain_internet_and_routing_sockets_exist(family: int, kind: int, flags: int, protocol: int) -> None:
    internet = family in {2, 10} and kind in {1, 2} and protocol in {0, 6, 17}
    expected = ALLOWED if family == 1 or internet or (family == 16 and protocol == 0) else refused(errno.EAFNOSUPPORT)
    for machine, architecture in assembly.ARCHITECTURES.items():
        assert decide(machine, architecture.table["socket"], family, kind | flags, protocol) == expected


@given(flags=WORDS)
@example(0x10000000)
@example(0x01200011)
@example(0x10000)
@example(0x10400)
def test_no_flag_of_clone_makes_a_namespace_or_a_thread_with_own_descriptors(flags: int) -> None:
    expected = refused(errno.EPERM) if flags & 0x7E020000 or flags & 0x10400 == 0x10000 else ALLOWED
    for machine, architecture in assembly.ARCHITECTURES.items():
        assert decide(machine, architecture.table["clone"], flags) == expected


@given(level=st.integers(0, 3), option=st.integers(0, 64))
def test_buffer_sizes_are_pretended_to_be_set(level: int, option: int) -> None:
    expected = refused(0) if level == 1 and option in {7, 8, 32, 33} else ALLOWED
    for machine, architecture in assembly.ARCHITECTURES.items():
        assert decide(machine, architecture.table["setsockopt"], 3, level, option) == expected


@pytest.mark.parametrize(
    ("call", "arguments", "expected"),
    [
        ("socketpair", (1, 1, 0), ALLOWED),
        ("socketpair", (30, 1, 0), refused(errno.EAFNOSUPPORT)),
        ("ioctl", (0, 0x5412), refused(errno.EPERM)),
        ("ioctl", (0, 0x541C), refused(errno.EPERM)),
        ("ioctl", (0, 0x5401), ALLOWED),
        ("personality", (0,), ALLOWED),
        ("personality", (0xFFFFFFFF,), ALLOWED),
        ("personality", (0x0040000,), refused(errno.EPERM)),
        ("mknodat", (3, 0, 0o020666), refused(errno.EPERM)),
        ("mknodat", (3, 0, 0o060666), refused(errno.EPERM)),
        ("mknodat", (3, 0, 0o010666), ALLOWED),
        ("fcntl", (3, 1031, 1 << 20), refused(0)),
        ("fcntl", (3, 37), refused(errno.EINVAL)),
        ("fcntl", (3, 38), refused(errno.EINVAL)),
        ("fcntl", (3, 6), ALLOWED),
        ("prctl", (22, 2), refused(errno.EINVAL)),
        ("prctl", (4, 0), ALLOWED),
        ("prlimit64", (0, 7), ALLOWED),
        ("prlimit64", (1, 7), refused(errno.EPERM)),
    ],
)
def test_arguments_are_judged(machine: str, call: str, arguments: tuple[int, ...], expected: int) -> None:
    assert decide(machine, assembly.ARCHITECTURES[machine].table[call], *arguments) == expected


@pytest.mark.parametrize(("flags", "shared"), [(0x21, True), (0x23, True), (0x22, False), (0x01, False), (0x02, False)])
def test_nameless_shared_memory_is_there_only_where_it_can_be_counted(machine: str, flags: int, shared: bool) -> None:
    call = assembly.ARCHITECTURES[machine].table["mmap"]
    assert decide(machine, call, 0, 4096, 3, flags, shared_memory=True) == ALLOWED
    expected = refused(errno.ENOMEM) if shared else ALLOWED
    assert decide(machine, call, 0, 4096, 3, flags, shared_memory=False) == expected


def test_an_architecture_without_a_table_has_no_filter() -> None:
    with pytest.raises(KeyError):
        bpf.program_bytes("riscv64", shared_memory=True)
