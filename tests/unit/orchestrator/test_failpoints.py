"""Failpoints are for tests: a deployment refuses to start with one."""

import pytest

from orchestrator.failpoints import Failpoints


def test_a_failpoint_outside_local_and_test_is_refused() -> None:
    with pytest.raises(ValueError, match="local and test only"):
        Failpoints("claimed", environment="production")


def test_without_one_nothing_happens() -> None:
    Failpoints(None, environment="production").reach("claimed")
    Failpoints("ran:2", environment="test").reach("claimed")
