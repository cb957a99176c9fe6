"""Puts the loops together that remove what has expired, make exports of tenants, and delete tenants."""

from control_plane.governance.retention.leftovers import LeftoverSweeping
from control_plane.governance.retention.sweeping import ContentSweeping
from control_plane.governance.tenant_deletions.erasing import Erasing
from control_plane.governance.tenant_deletions.late import LateLooks
from control_plane.governance.tenant_deletions.stopping import Stopping
from control_plane.governance.tenant_exports.making import ExportMaking
from control_plane.resources import AppResources
from foundation.cloud.live_text.base import LiveText
from foundation.telemetry.background import Loop


def loops_of_leaving(app: AppResources, live_text: LiveText) -> list[tuple[str, Loop]]:
    making = ExportMaking(app.database, app.objects)
    clock_outside = app.settings.schedule_clock == "eventbridge"
    stopping = Stopping(app.database, app.callers.forget, clock_outside=clock_outside)
    erasing = Erasing(app.database, app.objects, app.gateway, live_text, app.certificates, stopping)
    late = LateLooks(app.database, app.objects, app.gateway, live_text)
    sweeping = ContentSweeping(app.database, app.objects, form_seconds=app.settings.url_seconds)
    leftovers = LeftoverSweeping(app.database, app.objects)
    return [
        ("content that expires", sweeping.run),
        ("what forms have left", leftovers.run),
        ("exports of tenants", making.run),
        ("deletions of tenants", erasing.run),
        ("what comes late of deleted tenants", late.run),
    ]
