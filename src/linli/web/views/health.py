"""Health for whoever watches the service: alive, and ready."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_upgraded = False  # once found it stays so for the code of this process: later probes only ask the database


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """Answer that the process runs."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 where the database answers and is upgraded, otherwise 503 with the reason."""
    global _upgraded
    try:
        if _upgraded:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return JsonResponse({"status": "ok"})
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except Exception as error:
        return JsonResponse({"status": "no database", "error": type(error).__name__}, status=503)
    if waiting:
        return JsonResponse({"status": "not upgraded", "migrations": waiting}, status=503)
    _upgraded = True
    return JsonResponse({"status": "ok"})
