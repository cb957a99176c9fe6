from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.listed_turn_expired import ListedTurnExpired
    from ..models.listed_turn_request_type_0 import ListedTurnRequestType0
    from ..models.listed_turn_response_type_0 import ListedTurnResponseType0


T = TypeVar("T", bound="ListedTurn")


@_attrs_define
class ListedTurn:
    """One question to a model, and its answer once there is one.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            turn (int): its number in the step, which names it; numbers rise, and some may be missing
            number (int | None | Unset): which turn it was since the step began, from 1; of a step that began anew it counts
                from 1 again
            agent (None | str | Unset): of a crew, who has asked; null is its manager, or a step that is no crew
            task (None | str | Unset): of a crew, for which of its tasks
            asked_at (datetime.datetime | Unset):
            answered_at (datetime.datetime | None | Unset): null while nobody has recorded an answer
            tool_calls (int | Unset): calls of tools that the answer asks for
            request (ListedTurnRequestType0 | None | Unset): what was asked, as the gateway got it
            response (ListedTurnResponseType0 | None | Unset): what was answered
            expired (ListedTurnExpired | Unset): kinds of its run's content that have expired, and when: `request` or
                `response` is null then
    """

    turn: int
    number: int | None | Unset = UNSET
    agent: None | str | Unset = UNSET
    task: None | str | Unset = UNSET
    asked_at: datetime.datetime | Unset = UNSET
    answered_at: datetime.datetime | None | Unset = UNSET
    tool_calls: int | Unset = UNSET
    request: ListedTurnRequestType0 | None | Unset = UNSET
    response: ListedTurnResponseType0 | None | Unset = UNSET
    expired: ListedTurnExpired | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.listed_turn_request_type_0 import ListedTurnRequestType0  # noqa: PLC0415
        from ..models.listed_turn_response_type_0 import ListedTurnResponseType0  # noqa: PLC0415

        turn = self.turn

        number: int | None | Unset
        if isinstance(self.number, Unset):
            number = UNSET
        else:
            number = self.number

        agent: None | str | Unset
        if isinstance(self.agent, Unset):
            agent = UNSET
        else:
            agent = self.agent

        task: None | str | Unset
        if isinstance(self.task, Unset):
            task = UNSET
        else:
            task = self.task

        asked_at: str | Unset = UNSET
        if not isinstance(self.asked_at, Unset):
            asked_at = self.asked_at.isoformat()

        answered_at: None | str | Unset
        if isinstance(self.answered_at, Unset):
            answered_at = UNSET
        elif isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        tool_calls = self.tool_calls

        request: dict[str, Any] | None | Unset
        if isinstance(self.request, Unset):
            request = UNSET
        elif isinstance(self.request, ListedTurnRequestType0):
            request = self.request.to_dict()
        else:
            request = self.request

        response: dict[str, Any] | None | Unset
        if isinstance(self.response, Unset):
            response = UNSET
        elif isinstance(self.response, ListedTurnResponseType0):
            response = self.response.to_dict()
        else:
            response = self.response

        expired: dict[str, Any] | Unset = UNSET
        if not isinstance(self.expired, Unset):
            expired = self.expired.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "turn": turn,
            }
        )
        if number is not UNSET:
            field_dict["number"] = number
        if agent is not UNSET:
            field_dict["agent"] = agent
        if task is not UNSET:
            field_dict["task"] = task
        if asked_at is not UNSET:
            field_dict["asked_at"] = asked_at
        if answered_at is not UNSET:
            field_dict["answered_at"] = answered_at
        if tool_calls is not UNSET:
            field_dict["tool_calls"] = tool_calls
        if request is not UNSET:
            field_dict["request"] = request
        if response is not UNSET:
            field_dict["response"] = response
        if expired is not UNSET:
            field_dict["expired"] = expired

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.listed_turn_expired import ListedTurnExpired  # noqa: PLC0415
        from ..models.listed_turn_request_type_0 import ListedTurnRequestType0  # noqa: PLC0415
        from ..models.listed_turn_response_type_0 import ListedTurnResponseType0  # noqa: PLC0415

        d = dict(src_dict)
        turn = d.pop("turn")

        def _parse_number(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        number = _parse_number(d.pop("number", UNSET))

        def _parse_agent(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        agent = _parse_agent(d.pop("agent", UNSET))

        def _parse_task(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        task = _parse_task(d.pop("task", UNSET))

        _asked_at = d.pop("asked_at", UNSET)
        asked_at: datetime.datetime | Unset
        if isinstance(_asked_at, Unset):
            asked_at = UNSET
        else:
            asked_at = datetime.datetime.fromisoformat(_asked_at)

        def _parse_answered_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                answered_at_type_0 = datetime.datetime.fromisoformat(data)

                return answered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        answered_at = _parse_answered_at(d.pop("answered_at", UNSET))

        tool_calls = d.pop("tool_calls", UNSET)

        def _parse_request(data: object) -> ListedTurnRequestType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                request_type_0 = ListedTurnRequestType0.from_dict(data)

                return request_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedTurnRequestType0 | None | Unset, data)

        request = _parse_request(d.pop("request", UNSET))

        def _parse_response(data: object) -> ListedTurnResponseType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                response_type_0 = ListedTurnResponseType0.from_dict(data)

                return response_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedTurnResponseType0 | None | Unset, data)

        response = _parse_response(d.pop("response", UNSET))

        _expired = d.pop("expired", UNSET)
        expired: ListedTurnExpired | Unset
        if isinstance(_expired, Unset):
            expired = UNSET
        else:
            expired = ListedTurnExpired.from_dict(_expired)

        listed_turn = cls(
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

        listed_turn.additional_properties = d
        return listed_turn

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
