from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.mcp_server_registry_type_0 import McpServerRegistryType0
from ..models.mcp_server_transport import McpServerTransport
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.mcp_server_environment import McpServerEnvironment


T = TypeVar("T", bound="McpServer")


@_attrs_define
class McpServer:
    """A package of PyPI or npm, staged as files, for none of which anything is fetched; or an address on the web.

    Attributes:
        transport (McpServerTransport):
        registry (McpServerRegistryType0 | None | Unset): stdio: whose package it is
        package (None | str | Unset): stdio: its name at the registry
        script (None | str | Unset): stdio: which of the package's programs is started, where it has several
        arguments (list[str] | Unset): stdio: of the program
        environment (McpServerEnvironment | Unset): stdio: no credentials, which are secrets that the proxy adds by host
        url (None | str | Unset): streamable_http: its address; the task's egress has to name the host
    """

    transport: McpServerTransport
    registry: McpServerRegistryType0 | None | Unset = UNSET
    package: None | str | Unset = UNSET
    script: None | str | Unset = UNSET
    arguments: list[str] | Unset = UNSET
    environment: McpServerEnvironment | Unset = UNSET
    url: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        transport = self.transport.value

        registry: None | str | Unset
        if isinstance(self.registry, Unset):
            registry = UNSET
        elif isinstance(self.registry, McpServerRegistryType0):
            registry = self.registry.value
        else:
            registry = self.registry

        package: None | str | Unset
        if isinstance(self.package, Unset):
            package = UNSET
        else:
            package = self.package

        script: None | str | Unset
        if isinstance(self.script, Unset):
            script = UNSET
        else:
            script = self.script

        arguments: list[str] | Unset = UNSET
        if not isinstance(self.arguments, Unset):
            arguments = self.arguments

        environment: dict[str, Any] | Unset = UNSET
        if not isinstance(self.environment, Unset):
            environment = self.environment.to_dict()

        url: None | str | Unset
        if isinstance(self.url, Unset):
            url = UNSET
        else:
            url = self.url

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "transport": transport,
            }
        )
        if registry is not UNSET:
            field_dict["registry"] = registry
        if package is not UNSET:
            field_dict["package"] = package
        if script is not UNSET:
            field_dict["script"] = script
        if arguments is not UNSET:
            field_dict["arguments"] = arguments
        if environment is not UNSET:
            field_dict["environment"] = environment
        if url is not UNSET:
            field_dict["url"] = url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mcp_server_environment import McpServerEnvironment  # noqa: PLC0415

        d = dict(src_dict)
        transport = McpServerTransport(d.pop("transport"))

        def _parse_registry(data: object) -> McpServerRegistryType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                registry_type_0 = McpServerRegistryType0(data)

                return registry_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(McpServerRegistryType0 | None | Unset, data)

        registry = _parse_registry(d.pop("registry", UNSET))

        def _parse_package(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        package = _parse_package(d.pop("package", UNSET))

        def _parse_script(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        script = _parse_script(d.pop("script", UNSET))

        arguments = cast(list[str], d.pop("arguments", UNSET))

        _environment = d.pop("environment", UNSET)
        environment: McpServerEnvironment | Unset
        if isinstance(_environment, Unset):
            environment = UNSET
        else:
            environment = McpServerEnvironment.from_dict(_environment)

        def _parse_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        url = _parse_url(d.pop("url", UNSET))

        mcp_server = cls(
            transport=transport,
            registry=registry,
            package=package,
            script=script,
            arguments=arguments,
            environment=environment,
            url=url,
        )

        return mcp_server
