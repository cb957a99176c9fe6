"""The status of HTTP with which each error leaves, whatever document it becomes."""

from collections.abc import Mapping

from foundation.domain import errors
from foundation.domain.policy.retention import ContentExpired
from foundation.http.request_limits import HeadTooLarge, RequestTooSlow

Statuses = Mapping[type[errors.LockstepError], int]

STATUSES: Statuses = {
    HeadTooLarge: 431,
    errors.PayloadTooLarge: 413,
    RequestTooSlow: 408,
    errors.UnsupportedMediaType: 415,
    errors.VersionRequired: 428,
    errors.InvalidDefinition: 422,
    errors.UnknownFields: 422,
    errors.BadRequest: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    ContentExpired: 410,
    errors.VersionMismatch: 412,
    errors.IdempotencyConflict: 422,
    errors.KillSwitchEngaged: 423,
    errors.Conflict: 409,
    errors.LeaseLost: 409,
    errors.RunClosed: 403,
    errors.QuotaExceeded: 429,
    errors.BudgetExceeded: 402,
    errors.DependencyUnavailable: 503,
    errors.LockstepError: 500,
}
"""Subclasses that stand in no row have the status of their nearest ancestor."""


def status_of(error: errors.LockstepError, statuses: Statuses = STATUSES) -> int:
    return next(statuses[kind] for kind in type(error).__mro__ if kind in statuses)
