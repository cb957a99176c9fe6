"""pre_token_generation: writes the active tenant and the verified address into the access tokens of Cognito's people.

Cognito calls it before each token that it makes, also for those of a refresh, with a version 2 event. It looks the
tenant up anew each time, so that a membership that has ended is in no later token.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict

from foundation.storage.people import members
from foundation.storage.session.database import Database
from lambdas.container import Function

TENANT_CLAIM = "custom:tenant_id"


class _Request(BaseModel):
    model_config = ConfigDict(extra="allow")

    userAttributes: dict[str, Any]  # noqa: N815 - Cognito's name


class TokenEvent(BaseModel):
    """Cognito's pre-token-generation event; what is not read here goes back as it came."""

    model_config = ConfigDict(extra="allow")

    version: str
    triggerSource: str  # noqa: N815 - Cognito's name
    request: _Request


async def pre_token_generation(database: Database, event: TokenEvent) -> dict[str, Any]:
    """The event with the claims to add; a claim of ours that comes from elsewhere is taken out.

    Somebody who belongs to no tenant gets a token without one, which opens only what is their own. A tenant that is
    suspended is named all the same, so that who signs in is told so and why, and goes on when it is let in again.
    """
    attributes = event.request.userAttributes
    async with database.across_tenants(reason="who signs in names no tenant yet") as tx:
        own = await members.of_subject(tx, str(attributes["sub"]))
    active = next((one for one in own if one.is_active), None)
    claims: dict[str, str] = {} if active is None else {TENANT_CLAIM: str(active.tenant_id)}
    if attributes.get("email_verified") in (True, "true") and attributes.get("email"):
        claims |= {"email": str(attributes["email"]), "email_verified": "true"}
    ours = (TENANT_CLAIM, "email", "email_verified")
    answer = event.model_dump(mode="json")
    answer["response"] = {
        "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": {
                "claimsToAddOrOverride": claims,
                "claimsToSuppress": [name for name in ours if name not in claims],
            }
        }
    }
    return answer


handler = Function("pre_token_generation", TokenEvent, pre_token_generation)
