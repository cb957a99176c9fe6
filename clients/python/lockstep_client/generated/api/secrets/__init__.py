"""The calls of secrets."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.list_secrets_fields_item import ListSecretsFieldsItem
from ...models.name_order import NameOrder
from ...models.new_secret import NewSecret
from ...models.page_listed_secret import PageListedSecret
from ...models.problem import Problem
from ...models.secret_view import SecretView
from ...types import UNSET, Unset
from . import (
    delete_secret,
    get_secret,
    list_secrets,
    put_secret,
)


class SecretsCalls:
    """The calls of secrets; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_secrets(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: NameOrder | Unset = UNSET,
        fields: list[ListSecretsFieldsItem] | Unset = UNSET,
    ) -> PageListedSecret:
        """The tenant's secrets by name; no value is ever shown

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (NameOrder | Unset): By name; with `-` before it, from the last on.
            fields (list[ListSecretsFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `name` is always among them.
                Without it all
        """
        return self._caller.send(
            list_secrets.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def get_secret(
        self,
        secret_name: str,
    ) -> SecretView:
        """One secret, without its value

        Args:
            secret_name (str): by which tasks name the secret
        """
        return self._caller.send(
            get_secret.call(
                secret_name=secret_name,
            )
        )

    def put_secret(
        self,
        secret_name: str,
        *,
        body: NewSecret,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> SecretView:
        """Store a value under a name, and say which hosts it may be sent to; calls that begin later use it

        Args:
            secret_name (str): by which tasks name the secret
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewSecret): A value, and the hosts that it may ever be sent to, whatever a task
                says.
        """
        return self._caller.send(
            put_secret.call(
                secret_name=secret_name,
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_secret(
        self,
        secret_name: str,
        *,
        while_used: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a secret; calls of tools that need it fail from then on

        Args:
            secret_name (str): by which tasks name the secret
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_secret.call(
                secret_name=secret_name,
                while_used=while_used,
                if_match=if_match,
            )
        )


class AsyncSecretsCalls:
    """The calls of secrets; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_secrets(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: NameOrder | Unset = UNSET,
        fields: list[ListSecretsFieldsItem] | Unset = UNSET,
    ) -> PageListedSecret:
        """The tenant's secrets by name; no value is ever shown

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (NameOrder | Unset): By name; with `-` before it, from the last on.
            fields (list[ListSecretsFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `name` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_secrets.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def get_secret(
        self,
        secret_name: str,
    ) -> SecretView:
        """One secret, without its value

        Args:
            secret_name (str): by which tasks name the secret
        """
        return await self._caller.send(
            get_secret.call(
                secret_name=secret_name,
            )
        )

    async def put_secret(
        self,
        secret_name: str,
        *,
        body: NewSecret,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> SecretView:
        """Store a value under a name, and say which hosts it may be sent to; calls that begin later use it

        Args:
            secret_name (str): by which tasks name the secret
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewSecret): A value, and the hosts that it may ever be sent to, whatever a task
                says.
        """
        return await self._caller.send(
            put_secret.call(
                secret_name=secret_name,
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_secret(
        self,
        secret_name: str,
        *,
        while_used: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a secret; calls of tools that need it fail from then on

        Args:
            secret_name (str): by which tasks name the secret
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_secret.call(
                secret_name=secret_name,
                while_used=while_used,
                if_match=if_match,
            )
        )
