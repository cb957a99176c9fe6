from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.turn_view_expired import TurnViewExpired
    from ..models.turn_view_request_type_0 import TurnViewRequestType0
    from ..models.turn_view_response_type_0 import TurnViewResponseType0


T = TypeVar("T", bound="TurnView")


@_attrs_define
class TurnView:
    """One question to a model, and its answer once there is one.

    Attributes:
        turn (int): its number in the step, which names it; numbers rise, and some may be missing
        number (int | None): which turn it was since the step began, from 1; of a step that began anew it counts from 1
            again
        agent (None | str): of a crew, who has asked; null is its manager, or a step that is no crew
        task (None | str): of a crew, for which of its tasks
        asked_at (datetime.datetime):
        answered_at (datetime.datetime | None): null while nobody has recorded an answer
        tool_calls (int): calls of tools that the answer asks for
        request (None | TurnViewRequestType0): what was asked, as the gateway got it
        response (None | TurnViewResponseType0): what was answered
        expired (TurnViewExpired): kinds of its run's content that have expired, and when: `request` or `response` is
            null then
    """

    turn: int
    number: int | None
    agent: None | str
    task: None | str
    asked_at: datetime.datetime
    answered_at: datetime.datetime | None
    tool_calls: int
    request: None | TurnViewRequestType0
    response: None | TurnViewResponseType0
    expired: TurnViewExpired
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.turn_view_request_type_0 import TurnViewRequestType0  # noqa: PLC0415
        from ..models.turn_view_response_type_0 import TurnViewResponseType0  # noqa: PLC0415

        turn = self.turn

        number: int | None
        number = self.number

        agent: None | str
        agent = self.agent

        task: None | str
        task = self.task

        asked_at = self.asked_at.isoformat()

        answered_at: None | str
        if isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        tool_calls = self.tool_calls

        request: dict[str, Any] | None
        if isinstance(self.request, TurnViewRequestType0):
            request = self.request.to_dict()
        else:
            request = self.request

        response: dict[str, Any] | None
        if isinstance(self.response, TurnViewResponseType0):
            response = self.response.to_dict()
        else:
            response = self.response

        expired = self.expired.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "turn": turn,
                "number": number,
                "agent": agent,
                "task": task,
                "asked_at": asked_at,
                "answered_at": answered_at,
                "tool_calls": tool_calls,
                "request": request,
                "response": response,
                "expired": expired,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.turn_view_expired import TurnViewExpired  # noqa: PLC0415
        from ..models.turn_view_request_type_0 import TurnViewRequestType0  # noqa: PLC0415
        from ..models.turn_view_response_type_0 import TurnViewResponseType0  # noqa: PLC0415

        d = dict(src_dict)
        turn = d.pop("turn")

        def _parse_number(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        number = _parse_number(d.pop("number"))

        def _parse_agent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        agent = _parse_agent(d.pop("agent"))

        def _parse_task(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        task = _parse_task(d.pop("task"))

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        def _parse_answered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                answered_at_type_0 = datetime.datetime.fromisoformat(data)

                return answered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        answered_at = _parse_answered_at(d.pop("answered_at"))

        tool_calls = d.pop("tool_calls")

        def _parse_request(data: object) -> None | TurnViewRequestType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                request_type_0 = TurnViewRequestType0.from_dict(data)

                return request_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TurnViewRequestType0, data)

        request = _parse_request(d.pop("request"))

        def _parse_response(data: object) -> None | TurnViewResponseType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                response_type_0 = TurnViewResponseType0.from_dict(data)

                return response_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | TurnViewResponseType0, data)

        response = _parse_response(d.pop("response"))

        expired = TurnViewExpired.from_dict(d.pop("expired"))

        turn_view = cls(
            turn=turn,
            number=number,
            agent=agent,
            task=task,
            asked_at=asked_at,
            answered_at=answered_at,
            tool_calls=tool_calls,
            request=request,
            response=response,
            expired=expired,
        )

        turn_view.additional_properties = d
        return turn_view

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
