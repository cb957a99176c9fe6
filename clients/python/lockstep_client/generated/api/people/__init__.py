"""The calls of people."""

import datetime
from typing import Any, Literal, cast
from uuid import UUID

from ...client import AsyncCaller, Caller
from ...models.acceptance import Acceptance
from ...models.accepted import Accepted
from ...models.active_tenant import ActiveTenant
from ...models.certificate_view import CertificateView
from ...models.created_at_order import CreatedAtOrder
from ...models.deletion_view import DeletionView
from ...models.export_view import ExportView
from ...models.invitation_status import InvitationStatus
from ...models.invitation_view import InvitationView
from ...models.key_change import KeyChange
from ...models.key_view import KeyView
from ...models.leak_view import LeakView
from ...models.list_api_keys_fields_item import ListApiKeysFieldsItem
from ...models.list_invitations_fields_item import ListInvitationsFieldsItem
from ...models.list_members_fields_item import ListMembersFieldsItem
from ...models.list_roles_fields_item import ListRolesFieldsItem
from ...models.list_service_accounts_fields_item import ListServiceAccountsFieldsItem
from ...models.list_tenant_exports_fields_item import ListTenantExportsFieldsItem
from ...models.list_tenants_fields_item import ListTenantsFieldsItem
from ...models.me import Me
from ...models.member_change import MemberChange
from ...models.member_view import MemberView
from ...models.name_order import NameOrder
from ...models.new_invitation import NewInvitation
from ...models.new_invitation_view import NewInvitationView
from ...models.new_key import NewKey
from ...models.new_key_view import NewKeyView
from ...models.new_role import NewRole
from ...models.new_service_account import NewServiceAccount
from ...models.new_tenant import NewTenant
from ...models.new_tenant_view import NewTenantView
from ...models.page_listed_export import PageListedExport
from ...models.page_listed_invitation import PageListedInvitation
from ...models.page_listed_key import PageListedKey
from ...models.page_listed_member import PageListedMember
from ...models.page_listed_role import PageListedRole
from ...models.page_listed_service_account import PageListedServiceAccount
from ...models.page_listed_tenant import PageListedTenant
from ...models.permission import Permission
from ...models.permission_list import PermissionList
from ...models.problem import Problem
from ...models.role_view import RoleView
from ...models.rotation import Rotation
from ...models.service_account_change import ServiceAccountChange
from ...models.service_account_view import ServiceAccountView
from ...models.suspension import Suspension
from ...models.tenant_change import TenantChange
from ...models.tenant_view import TenantView
from ...types import UNSET, Unset
from . import (
    accept_invitation,
    cancel_tenant_deletion,
    change_api_key,
    change_member,
    change_service_account,
    change_tenant,
    create_api_key,
    create_invitation,
    create_role,
    create_service_account,
    create_tenant,
    delete_role,
    delete_service_account,
    delete_tenant,
    export_tenant,
    get_api_key,
    get_deletion_certificate,
    get_invitation,
    get_me,
    get_member,
    get_role,
    get_service_account,
    get_tenant,
    get_tenant_deletion,
    get_tenant_export,
    invite_owner_again,
    leave_tenant,
    list_api_keys,
    list_invitations,
    list_members,
    list_permissions,
    list_roles,
    list_service_accounts,
    list_tenant_exports,
    list_tenants,
    put_active_tenant,
    put_role,
    remove_member,
    restore_tenant,
    revoke_api_key,
    revoke_invitation,
    rotate_api_key,
    suspend_tenant,
)


class PeopleCalls:
    """The calls of people; each waits for its answer."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def list_permissions(
        self,
    ) -> PermissionList:
        """All permissions, and the built-in roles that have them"""
        return self._caller.send(list_permissions.call())

    def list_roles(
        self,
        *,
        permission: Permission | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: NameOrder | Unset = UNSET,
        fields: list[ListRolesFieldsItem] | Unset = UNSET,
    ) -> PageListedRole:
        """The roles that the tenant has made, by name

        Args:
            permission (Permission | Unset): What a route asks of its caller: a noun of the tenant,
                and what is done with it.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (NameOrder | Unset): By name; with `-` before it, from the last on.
            fields (list[ListRolesFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_roles.call(
                permission=permission,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def create_role(
        self,
        *,
        body: NewRole,
        idempotency_key: str | Unset = UNSET,
    ) -> RoleView:
        """Make a role of permissions that you hold

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewRole): A role of the tenant's own. Nobody gives a permission that they do not
                hold; some are reserved to owners.
        """
        return self._caller.send(
            create_role.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_role(
        self,
        role_id: UUID,
    ) -> RoleView:
        """One of the tenant's roles

        Args:
            role_id (UUID):
        """
        return self._caller.send(
            get_role.call(
                role_id=role_id,
            )
        )

    def put_role(
        self,
        role_id: UUID,
        *,
        body: NewRole,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> RoleView:
        """Replace a role; whoever has it may do what it says from then on

        Args:
            role_id (UUID):
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewRole): A role of the tenant's own. Nobody gives a permission that they do not
                hold; some are reserved to owners.
        """
        return self._caller.send(
            put_role.call(
                role_id=role_id,
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    def delete_role(
        self,
        role_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a role that nobody has

        Args:
            role_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_role.call(
                role_id=role_id,
                if_match=if_match,
            )
        )

    def list_api_keys(
        self,
        *,
        user_id: UUID | Unset = UNSET,
        usable: bool | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListApiKeysFieldsItem] | Unset = UNSET,
    ) -> PageListedKey:
        """Your keys, newest first; with `service_accounts:write` all

        Args:
            user_id (UUID | Unset): only the keys of this member or service account
            usable (bool | Unset): false: only keys that are revoked or have expired
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListApiKeysFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_api_keys.call(
                user_id=user_id,
                usable=usable,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def create_api_key(
        self,
        *,
        body: NewKey,
        idempotency_key: str | Unset = UNSET,
    ) -> NewKeyView:
        """Make a key; its text is in this answer and nowhere else

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewKey): A key of the caller's own, or of a service account.

                It may do what its member may, or of that only what `permissions` name, or what `role`
                permits now.
        """
        return self._caller.send(
            create_api_key.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_api_key(
        self,
        api_key_id: UUID,
    ) -> KeyView:
        """A key, without its text

        Args:
            api_key_id (UUID):
        """
        return self._caller.send(
            get_api_key.call(
                api_key_id=api_key_id,
            )
        )

    def revoke_api_key(
        self,
        api_key_id: UUID,
        *,
        known_too: bool | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> LeakView | None:
        """Revoke a key: it opens nothing any more, and stays in the list

        Args:
            api_key_id (UUID):
            known_too (bool | Unset): as when it has leaked: with it go the keys that were made or
                rotated with it, and what was made with any of these and acts by itself; the answer says
                what that was
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            revoke_api_key.call(
                api_key_id=api_key_id,
                known_too=known_too,
                if_match=if_match,
            )
        )

    def change_api_key(
        self,
        api_key_id: UUID,
        *,
        body: KeyChange,
        if_match: str | Unset = UNSET,
    ) -> KeyView:
        """Change the name of a key

        Args:
            api_key_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (KeyChange): How the key is called; what it may do never changes.
        """
        return self._caller.send(
            change_api_key.call(
                api_key_id=api_key_id,
                body=body,
                if_match=if_match,
            )
        )

    def rotate_api_key(
        self,
        api_key_id: UUID,
        *,
        body: Rotation | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> NewKeyView:
        """Give a key a new text; the one that it had lives on for the overlap

        Args:
            api_key_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (Rotation | Unset): How long the text that it has now is still accepted beside the
                next one.
        """
        return self._caller.send(
            rotate_api_key.call(
                api_key_id=api_key_id,
                body=body,
                if_match=if_match,
            )
        )

    def list_service_accounts(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListServiceAccountsFieldsItem] | Unset = UNSET,
    ) -> PageListedServiceAccount:
        """The tenant's service accounts, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListServiceAccountsFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `id` is always among
                them. Without it all
        """
        return self._caller.send(
            list_service_accounts.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def create_service_account(
        self,
        *,
        body: NewServiceAccount,
        idempotency_key: str | Unset = UNSET,
    ) -> ServiceAccountView:
        """Make a service account with a role whose permissions you hold

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewServiceAccount): A member that is no person; it calls with the keys that are made
                for it.
        """
        return self._caller.send(
            create_service_account.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_service_account(
        self,
        service_account_id: UUID,
    ) -> ServiceAccountView:
        """One service account

        Args:
            service_account_id (UUID):
        """
        return self._caller.send(
            get_service_account.call(
                service_account_id=service_account_id,
            )
        )

    def delete_service_account(
        self,
        service_account_id: UUID,
        *,
        while_used: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove a service account; its keys die with it

        Args:
            service_account_id (UUID):
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            delete_service_account.call(
                service_account_id=service_account_id,
                while_used=while_used,
                if_match=if_match,
            )
        )

    def change_service_account(
        self,
        service_account_id: UUID,
        *,
        body: ServiceAccountChange,
        if_match: str | Unset = UNSET,
    ) -> ServiceAccountView:
        """Change the name or the description of a service account

        Args:
            service_account_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (ServiceAccountChange): What is left out stays as it is; `PATCH /members/{id}` gives
                it another role.
        """
        return self._caller.send(
            change_service_account.call(
                service_account_id=service_account_id,
                body=body,
                if_match=if_match,
            )
        )

    def list_members(
        self,
        *,
        role: str | Unset = UNSET,
        email: str | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListMembersFieldsItem] | Unset = UNSET,
    ) -> PageListedMember:
        """The tenant's people and service accounts, newest first

        Args:
            role (str | Unset): `owner`, `admin`, `member`, `viewer`, or the id of one of the tenant's
                roles
            email (str | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListMembersFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `user_id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_members.call(
                role=role,
                email=email,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def get_member(
        self,
        user_id: UUID,
    ) -> MemberView:
        """One member

        Args:
            user_id (UUID):
        """
        return self._caller.send(
            get_member.call(
                user_id=user_id,
            )
        )

    def remove_member(
        self,
        user_id: UUID,
        *,
        while_used: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove a member; their keys die with the membership

        Args:
            user_id (UUID):
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return self._caller.send(
            remove_member.call(
                user_id=user_id,
                while_used=while_used,
                if_match=if_match,
            )
        )

    def change_member(
        self,
        user_id: UUID,
        *,
        body: MemberChange,
        if_match: str | Unset = UNSET,
    ) -> MemberView:
        """Give a member another role, whose permissions you hold

        Args:
            user_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (MemberChange): The role that a member has from now on.
        """
        return self._caller.send(
            change_member.call(
                user_id=user_id,
                body=body,
                if_match=if_match,
            )
        )

    def list_invitations(
        self,
        *,
        status: InvitationStatus | Unset = UNSET,
        email: str | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListInvitationsFieldsItem] | Unset = UNSET,
    ) -> PageListedInvitation:
        """The tenant's invitations, newest first

        Args:
            status (InvitationStatus | Unset): How an invitation stands.
            email (str | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListInvitationsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_invitations.call(
                status=status,
                email=email,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def create_invitation(
        self,
        *,
        body: NewInvitation,
        idempotency_key: str | Unset = UNSET,
    ) -> NewInvitationView:
        """Invite an address; the token for it is in this answer and nowhere else

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewInvitation): For a person with this verified address, to have this role.
        """
        return self._caller.send(
            create_invitation.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def accept_invitation(
        self,
        *,
        body: Acceptance,
    ) -> Accepted:
        """Become a member, with the token and the verified address that was invited

        Args:
            body (Acceptance): The token as the inviter handed it on.
        """
        return self._caller.send(
            accept_invitation.call(
                body=body,
            )
        )

    def get_invitation(
        self,
        invitation_id: UUID,
    ) -> InvitationView:
        """An invitation, without its token

        Args:
            invitation_id (UUID):
        """
        return self._caller.send(
            get_invitation.call(
                invitation_id=invitation_id,
            )
        )

    def revoke_invitation(
        self,
        invitation_id: UUID,
    ) -> None:
        """Revoke an invitation that nobody has accepted

        Args:
            invitation_id (UUID):
        """
        return self._caller.send(
            revoke_invitation.call(
                invitation_id=invitation_id,
            )
        )

    def get_me(
        self,
    ) -> Me:
        """Who you are, and the tenants that you belong to"""
        return self._caller.send(get_me.call())

    def put_active_tenant(
        self,
        *,
        body: ActiveTenant,
    ) -> Me:
        """Choose the tenant that your next token names

        Args:
            body (ActiveTenant): The tenant that the next token is to name; the token that is sent now
                stays as it is.
        """
        return self._caller.send(
            put_active_tenant.call(
                body=body,
            )
        )

    def leave_tenant(
        self,
        tenant_id: UUID,
        *,
        while_used: bool | Unset = False,
    ) -> None:
        """Leave a tenant, unless you are its last owner

        Args:
            tenant_id (UUID):
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
        """
        return self._caller.send(
            leave_tenant.call(
                tenant_id=tenant_id,
                while_used=while_used,
            )
        )

    def list_tenants(
        self,
        *,
        name: str | Unset = UNSET,
        suspended: bool | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListTenantsFieldsItem] | Unset = UNSET,
    ) -> PageListedTenant:
        """All tenants, newest first (operators)

        Args:
            name (str | Unset): only those of this name
            suspended (bool | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListTenantsFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_tenants.call(
                name=name,
                suspended=suspended,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def create_tenant(
        self,
        *,
        body: NewTenant,
        idempotency_key: str | Unset = UNSET,
    ) -> NewTenantView:
        """Make a tenant and invite its owner (operators)

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewTenant): A tenant, and the address of the person who is invited to own it.
        """
        return self._caller.send(
            create_tenant.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    def get_tenant(
        self,
        tenant_id: UUID,
    ) -> TenantView:
        """Your tenant, or any for operators

        Args:
            tenant_id (UUID):
        """
        return self._caller.send(
            get_tenant.call(
                tenant_id=tenant_id,
            )
        )

    def delete_tenant(
        self,
        tenant_id: UUID,
        *,
        confirm: str,
        grace_days: int | Unset = UNSET,
        stop_runs: bool | Unset = False,
    ) -> DeletionView:
        """Have your tenant deleted, after some days of grace; at once only by operators

        Args:
            tenant_id (UUID):
            confirm (str): the name of the tenant, so that no other is deleted by mistake
            grace_days (int | Unset): days in which it can be cancelled; 7 if not said
            stop_runs (bool | Unset): cancel what still runs when it begins Default: False.
        """
        return self._caller.send(
            delete_tenant.call(
                tenant_id=tenant_id,
                confirm=confirm,
                grace_days=grace_days,
                stop_runs=stop_runs,
            )
        )

    def change_tenant(
        self,
        tenant_id: UUID,
        *,
        body: TenantChange,
        if_match: str | Unset = UNSET,
    ) -> TenantView:
        """Change your tenant's name, time zone or contact

        Args:
            tenant_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (TenantChange): What is left out stays as it is.
        """
        return self._caller.send(
            change_tenant.call(
                tenant_id=tenant_id,
                body=body,
                if_match=if_match,
            )
        )

    def suspend_tenant(
        self,
        tenant_id: UUID,
        *,
        body: Suspension,
    ) -> TenantView:
        """Suspend a tenant: none of its tokens and keys opens anything (operators)

        Args:
            tenant_id (UUID):
            body (Suspension): Why, for those who ask later.
        """
        return self._caller.send(
            suspend_tenant.call(
                tenant_id=tenant_id,
                body=body,
            )
        )

    def invite_owner_again(
        self,
        tenant_id: UUID,
    ) -> NewInvitationView:
        """Invite a tenant's owner anew while none can sign in; the invitation before is void (operators)

        Args:
            tenant_id (UUID):
        """
        return self._caller.send(
            invite_owner_again.call(
                tenant_id=tenant_id,
            )
        )

    def restore_tenant(
        self,
        tenant_id: UUID,
    ) -> TenantView:
        """Let a suspended tenant in again (operators)

        Args:
            tenant_id (UUID):
        """
        return self._caller.send(
            restore_tenant.call(
                tenant_id=tenant_id,
            )
        )

    def export_tenant(
        self,
        tenant_id: UUID,
        *,
        idempotency_key: str | Unset = UNSET,
    ) -> ExportView:
        """Have all that your tenant has put into one archive

        Args:
            tenant_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
        """
        return self._caller.send(
            export_tenant.call(
                tenant_id=tenant_id,
                idempotency_key=idempotency_key,
            )
        )

    def list_tenant_exports(
        self,
        tenant_id: UUID,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListTenantExportsFieldsItem] | Unset = UNSET,
    ) -> PageListedExport:
        """The exports of your tenant, newest first

        Args:
            tenant_id (UUID):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListTenantExportsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return self._caller.send(
            list_tenant_exports.call(
                tenant_id=tenant_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    def get_tenant_export(
        self,
        tenant_id: UUID,
        export_id: UUID,
    ) -> ExportView:
        """One export, with the address of its archive once it is ready

        Args:
            tenant_id (UUID):
            export_id (UUID):
        """
        return self._caller.send(
            get_tenant_export.call(
                tenant_id=tenant_id,
                export_id=export_id,
            )
        )

    def get_tenant_deletion(
        self,
        tenant_id: UUID,
    ) -> DeletionView:
        """How the deletion of a tenant stands, and its certificate when it is done

        Args:
            tenant_id (UUID):
        """
        return self._caller.send(
            get_tenant_deletion.call(
                tenant_id=tenant_id,
            )
        )

    def cancel_tenant_deletion(
        self,
        tenant_id: UUID,
    ) -> DeletionView:
        """Cancel the deletion of a tenant that has not begun

        Args:
            tenant_id (UUID):
        """
        return self._caller.send(
            cancel_tenant_deletion.call(
                tenant_id=tenant_id,
            )
        )

    def get_deletion_certificate(
        self,
        deletion_id: UUID,
    ) -> CertificateView:
        """The certificate of a deletion that is done, for whoever knows its id

        Args:
            deletion_id (UUID):
        """
        return self._caller.send(
            get_deletion_certificate.call(
                deletion_id=deletion_id,
            )
        )


class AsyncPeopleCalls:
    """The calls of people; each is awaited."""

    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller

    async def list_permissions(
        self,
    ) -> PermissionList:
        """All permissions, and the built-in roles that have them"""
        return await self._caller.send(list_permissions.call())

    async def list_roles(
        self,
        *,
        permission: Permission | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: NameOrder | Unset = UNSET,
        fields: list[ListRolesFieldsItem] | Unset = UNSET,
    ) -> PageListedRole:
        """The roles that the tenant has made, by name

        Args:
            permission (Permission | Unset): What a route asks of its caller: a noun of the tenant,
                and what is done with it.
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (NameOrder | Unset): By name; with `-` before it, from the last on.
            fields (list[ListRolesFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_roles.call(
                permission=permission,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def create_role(
        self,
        *,
        body: NewRole,
        idempotency_key: str | Unset = UNSET,
    ) -> RoleView:
        """Make a role of permissions that you hold

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewRole): A role of the tenant's own. Nobody gives a permission that they do not
                hold; some are reserved to owners.
        """
        return await self._caller.send(
            create_role.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_role(
        self,
        role_id: UUID,
    ) -> RoleView:
        """One of the tenant's roles

        Args:
            role_id (UUID):
        """
        return await self._caller.send(
            get_role.call(
                role_id=role_id,
            )
        )

    async def put_role(
        self,
        role_id: UUID,
        *,
        body: NewRole,
        if_none_match: str | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> RoleView:
        """Replace a role; whoever has it may do what it says from then on

        Args:
            role_id (UUID):
            if_none_match (str | Unset): * for only where there is nothing yet
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (NewRole): A role of the tenant's own. Nobody gives a permission that they do not
                hold; some are reserved to owners.
        """
        return await self._caller.send(
            put_role.call(
                role_id=role_id,
                body=body,
                if_none_match=if_none_match,
                if_match=if_match,
            )
        )

    async def delete_role(
        self,
        role_id: UUID,
        *,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Delete a role that nobody has

        Args:
            role_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_role.call(
                role_id=role_id,
                if_match=if_match,
            )
        )

    async def list_api_keys(
        self,
        *,
        user_id: UUID | Unset = UNSET,
        usable: bool | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListApiKeysFieldsItem] | Unset = UNSET,
    ) -> PageListedKey:
        """Your keys, newest first; with `service_accounts:write` all

        Args:
            user_id (UUID | Unset): only the keys of this member or service account
            usable (bool | Unset): false: only keys that are revoked or have expired
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListApiKeysFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_api_keys.call(
                user_id=user_id,
                usable=usable,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def create_api_key(
        self,
        *,
        body: NewKey,
        idempotency_key: str | Unset = UNSET,
    ) -> NewKeyView:
        """Make a key; its text is in this answer and nowhere else

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewKey): A key of the caller's own, or of a service account.

                It may do what its member may, or of that only what `permissions` name, or what `role`
                permits now.
        """
        return await self._caller.send(
            create_api_key.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_api_key(
        self,
        api_key_id: UUID,
    ) -> KeyView:
        """A key, without its text

        Args:
            api_key_id (UUID):
        """
        return await self._caller.send(
            get_api_key.call(
                api_key_id=api_key_id,
            )
        )

    async def revoke_api_key(
        self,
        api_key_id: UUID,
        *,
        known_too: bool | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> LeakView | None:
        """Revoke a key: it opens nothing any more, and stays in the list

        Args:
            api_key_id (UUID):
            known_too (bool | Unset): as when it has leaked: with it go the keys that were made or
                rotated with it, and what was made with any of these and acts by itself; the answer says
                what that was
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            revoke_api_key.call(
                api_key_id=api_key_id,
                known_too=known_too,
                if_match=if_match,
            )
        )

    async def change_api_key(
        self,
        api_key_id: UUID,
        *,
        body: KeyChange,
        if_match: str | Unset = UNSET,
    ) -> KeyView:
        """Change the name of a key

        Args:
            api_key_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (KeyChange): How the key is called; what it may do never changes.
        """
        return await self._caller.send(
            change_api_key.call(
                api_key_id=api_key_id,
                body=body,
                if_match=if_match,
            )
        )

    async def rotate_api_key(
        self,
        api_key_id: UUID,
        *,
        body: Rotation | Unset = UNSET,
        if_match: str | Unset = UNSET,
    ) -> NewKeyView:
        """Give a key a new text; the one that it had lives on for the overlap

        Args:
            api_key_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (Rotation | Unset): How long the text that it has now is still accepted beside the
                next one.
        """
        return await self._caller.send(
            rotate_api_key.call(
                api_key_id=api_key_id,
                body=body,
                if_match=if_match,
            )
        )

    async def list_service_accounts(
        self,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListServiceAccountsFieldsItem] | Unset = UNSET,
    ) -> PageListedServiceAccount:
        """The tenant's service accounts, newest first

        Args:
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListServiceAccountsFieldsItem] | Unset): the members that items are shown
                with: names with commas between them, or the parameter several times; `id` is always among
                them. Without it all
        """
        return await self._caller.send(
            list_service_accounts.call(
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def create_service_account(
        self,
        *,
        body: NewServiceAccount,
        idempotency_key: str | Unset = UNSET,
    ) -> ServiceAccountView:
        """Make a service account with a role whose permissions you hold

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewServiceAccount): A member that is no person; it calls with the keys that are made
                for it.
        """
        return await self._caller.send(
            create_service_account.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_service_account(
        self,
        service_account_id: UUID,
    ) -> ServiceAccountView:
        """One service account

        Args:
            service_account_id (UUID):
        """
        return await self._caller.send(
            get_service_account.call(
                service_account_id=service_account_id,
            )
        )

    async def delete_service_account(
        self,
        service_account_id: UUID,
        *,
        while_used: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove a service account; its keys die with it

        Args:
            service_account_id (UUID):
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            delete_service_account.call(
                service_account_id=service_account_id,
                while_used=while_used,
                if_match=if_match,
            )
        )

    async def change_service_account(
        self,
        service_account_id: UUID,
        *,
        body: ServiceAccountChange,
        if_match: str | Unset = UNSET,
    ) -> ServiceAccountView:
        """Change the name or the description of a service account

        Args:
            service_account_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (ServiceAccountChange): What is left out stays as it is; `PATCH /members/{id}` gives
                it another role.
        """
        return await self._caller.send(
            change_service_account.call(
                service_account_id=service_account_id,
                body=body,
                if_match=if_match,
            )
        )

    async def list_members(
        self,
        *,
        role: str | Unset = UNSET,
        email: str | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListMembersFieldsItem] | Unset = UNSET,
    ) -> PageListedMember:
        """The tenant's people and service accounts, newest first

        Args:
            role (str | Unset): `owner`, `admin`, `member`, `viewer`, or the id of one of the tenant's
                roles
            email (str | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListMembersFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `user_id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_members.call(
                role=role,
                email=email,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def get_member(
        self,
        user_id: UUID,
    ) -> MemberView:
        """One member

        Args:
            user_id (UUID):
        """
        return await self._caller.send(
            get_member.call(
                user_id=user_id,
            )
        )

    async def remove_member(
        self,
        user_id: UUID,
        *,
        while_used: bool | Unset = False,
        if_match: str | Unset = UNSET,
    ) -> None:
        """Remove a member; their keys die with the membership

        Args:
            user_id (UUID):
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
        """
        return await self._caller.send(
            remove_member.call(
                user_id=user_id,
                while_used=while_used,
                if_match=if_match,
            )
        )

    async def change_member(
        self,
        user_id: UUID,
        *,
        body: MemberChange,
        if_match: str | Unset = UNSET,
    ) -> MemberView:
        """Give a member another role, whose permissions you hold

        Args:
            user_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (MemberChange): The role that a member has from now on.
        """
        return await self._caller.send(
            change_member.call(
                user_id=user_id,
                body=body,
                if_match=if_match,
            )
        )

    async def list_invitations(
        self,
        *,
        status: InvitationStatus | Unset = UNSET,
        email: str | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListInvitationsFieldsItem] | Unset = UNSET,
    ) -> PageListedInvitation:
        """The tenant's invitations, newest first

        Args:
            status (InvitationStatus | Unset): How an invitation stands.
            email (str | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListInvitationsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_invitations.call(
                status=status,
                email=email,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def create_invitation(
        self,
        *,
        body: NewInvitation,
        idempotency_key: str | Unset = UNSET,
    ) -> NewInvitationView:
        """Invite an address; the token for it is in this answer and nowhere else

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewInvitation): For a person with this verified address, to have this role.
        """
        return await self._caller.send(
            create_invitation.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def accept_invitation(
        self,
        *,
        body: Acceptance,
    ) -> Accepted:
        """Become a member, with the token and the verified address that was invited

        Args:
            body (Acceptance): The token as the inviter handed it on.
        """
        return await self._caller.send(
            accept_invitation.call(
                body=body,
            )
        )

    async def get_invitation(
        self,
        invitation_id: UUID,
    ) -> InvitationView:
        """An invitation, without its token

        Args:
            invitation_id (UUID):
        """
        return await self._caller.send(
            get_invitation.call(
                invitation_id=invitation_id,
            )
        )

    async def revoke_invitation(
        self,
        invitation_id: UUID,
    ) -> None:
        """Revoke an invitation that nobody has accepted

        Args:
            invitation_id (UUID):
        """
        return await self._caller.send(
            revoke_invitation.call(
                invitation_id=invitation_id,
            )
        )

    async def get_me(
        self,
    ) -> Me:
        """Who you are, and the tenants that you belong to"""
        return await self._caller.send(get_me.call())

    async def put_active_tenant(
        self,
        *,
        body: ActiveTenant,
    ) -> Me:
        """Choose the tenant that your next token names

        Args:
            body (ActiveTenant): The tenant that the next token is to name; the token that is sent now
                stays as it is.
        """
        return await self._caller.send(
            put_active_tenant.call(
                body=body,
            )
        )

    async def leave_tenant(
        self,
        tenant_id: UUID,
        *,
        while_used: bool | Unset = False,
    ) -> None:
        """Leave a tenant, unless you are its last owner

        Args:
            tenant_id (UUID):
            while_used (bool | Unset): true: delete it although something uses it, which then fails
                where it needs it Default: False.
        """
        return await self._caller.send(
            leave_tenant.call(
                tenant_id=tenant_id,
                while_used=while_used,
            )
        )

    async def list_tenants(
        self,
        *,
        name: str | Unset = UNSET,
        suspended: bool | Unset = UNSET,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListTenantsFieldsItem] | Unset = UNSET,
    ) -> PageListedTenant:
        """All tenants, newest first (operators)

        Args:
            name (str | Unset): only those of this name
            suspended (bool | Unset):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListTenantsFieldsItem] | Unset): the members that items are shown with: names
                with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_tenants.call(
                name=name,
                suspended=suspended,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def create_tenant(
        self,
        *,
        body: NewTenant,
        idempotency_key: str | Unset = UNSET,
    ) -> NewTenantView:
        """Make a tenant and invite its owner (operators)

        Args:
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
            body (NewTenant): A tenant, and the address of the person who is invited to own it.
        """
        return await self._caller.send(
            create_tenant.call(
                body=body,
                idempotency_key=idempotency_key,
            )
        )

    async def get_tenant(
        self,
        tenant_id: UUID,
    ) -> TenantView:
        """Your tenant, or any for operators

        Args:
            tenant_id (UUID):
        """
        return await self._caller.send(
            get_tenant.call(
                tenant_id=tenant_id,
            )
        )

    async def delete_tenant(
        self,
        tenant_id: UUID,
        *,
        confirm: str,
        grace_days: int | Unset = UNSET,
        stop_runs: bool | Unset = False,
    ) -> DeletionView:
        """Have your tenant deleted, after some days of grace; at once only by operators

        Args:
            tenant_id (UUID):
            confirm (str): the name of the tenant, so that no other is deleted by mistake
            grace_days (int | Unset): days in which it can be cancelled; 7 if not said
            stop_runs (bool | Unset): cancel what still runs when it begins Default: False.
        """
        return await self._caller.send(
            delete_tenant.call(
                tenant_id=tenant_id,
                confirm=confirm,
                grace_days=grace_days,
                stop_runs=stop_runs,
            )
        )

    async def change_tenant(
        self,
        tenant_id: UUID,
        *,
        body: TenantChange,
        if_match: str | Unset = UNSET,
    ) -> TenantView:
        """Change your tenant's name, time zone or contact

        Args:
            tenant_id (UUID):
            if_match (str | Unset): the ETag that you have seen, or several; * for whatever there is
            body (TenantChange): What is left out stays as it is.
        """
        return await self._caller.send(
            change_tenant.call(
                tenant_id=tenant_id,
                body=body,
                if_match=if_match,
            )
        )

    async def suspend_tenant(
        self,
        tenant_id: UUID,
        *,
        body: Suspension,
    ) -> TenantView:
        """Suspend a tenant: none of its tokens and keys opens anything (operators)

        Args:
            tenant_id (UUID):
            body (Suspension): Why, for those who ask later.
        """
        return await self._caller.send(
            suspend_tenant.call(
                tenant_id=tenant_id,
                body=body,
            )
        )

    async def invite_owner_again(
        self,
        tenant_id: UUID,
    ) -> NewInvitationView:
        """Invite a tenant's owner anew while none can sign in; the invitation before is void (operators)

        Args:
            tenant_id (UUID):
        """
        return await self._caller.send(
            invite_owner_again.call(
                tenant_id=tenant_id,
            )
        )

    async def restore_tenant(
        self,
        tenant_id: UUID,
    ) -> TenantView:
        """Let a suspended tenant in again (operators)

        Args:
            tenant_id (UUID):
        """
        return await self._caller.send(
            restore_tenant.call(
                tenant_id=tenant_id,
            )
        )

    async def export_tenant(
        self,
        tenant_id: UUID,
        *,
        idempotency_key: str | Unset = UNSET,
    ) -> ExportView:
        """Have all that your tenant has put into one archive

        Args:
            tenant_id (UUID):
            idempotency_key (str | Unset): makes one thing, however often it is sent; printable ASCII,
                sent once
        """
        return await self._caller.send(
            export_tenant.call(
                tenant_id=tenant_id,
                idempotency_key=idempotency_key,
            )
        )

    async def list_tenant_exports(
        self,
        tenant_id: UUID,
        *,
        limit: int | Unset = 50,
        cursor: str | Unset = UNSET,
        sort: CreatedAtOrder | Unset = UNSET,
        fields: list[ListTenantExportsFieldsItem] | Unset = UNSET,
    ) -> PageListedExport:
        """The exports of your tenant, newest first

        Args:
            tenant_id (UUID):
            limit (int | Unset): rows a page Default: 50.
            cursor (str | Unset): `next_cursor` of the page before
            sort (CreatedAtOrder | Unset): By created_at; with `-` before it, from the last on.
            fields (list[ListTenantExportsFieldsItem] | Unset): the members that items are shown with:
                names with commas between them, or the parameter several times; `id` is always among them.
                Without it all
        """
        return await self._caller.send(
            list_tenant_exports.call(
                tenant_id=tenant_id,
                limit=limit,
                cursor=cursor,
                sort=sort,
                fields=fields,
            )
        )

    async def get_tenant_export(
        self,
        tenant_id: UUID,
        export_id: UUID,
    ) -> ExportView:
        """One export, with the address of its archive once it is ready

        Args:
            tenant_id (UUID):
            export_id (UUID):
        """
        return await self._caller.send(
            get_tenant_export.call(
                tenant_id=tenant_id,
                export_id=export_id,
            )
        )

    async def get_tenant_deletion(
        self,
        tenant_id: UUID,
    ) -> DeletionView:
        """How the deletion of a tenant stands, and its certificate when it is done

        Args:
            tenant_id (UUID):
        """
        return await self._caller.send(
            get_tenant_deletion.call(
                tenant_id=tenant_id,
            )
        )

    async def cancel_tenant_deletion(
        self,
        tenant_id: UUID,
    ) -> DeletionView:
        """Cancel the deletion of a tenant that has not begun

        Args:
            tenant_id (UUID):
        """
        return await self._caller.send(
            cancel_tenant_deletion.call(
                tenant_id=tenant_id,
            )
        )

    async def get_deletion_certificate(
        self,
        deletion_id: UUID,
    ) -> CertificateView:
        """The certificate of a deletion that is done, for whoever knows its id

        Args:
            deletion_id (UUID):
        """
        return await self._caller.send(
            get_deletion_certificate.call(
                deletion_id=deletion_id,
            )
        )
