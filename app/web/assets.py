"""Static files: what is asked for under its content hash may be kept for ever."""

import os
from collections.abc import Mapping

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class Assets(StaticFiles):
    """Files of `static/`, cached by what their address promises."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = _cache_rule(scope)
        return response


def _cache_rule(scope: Mapping[str, object]) -> str:
    query = scope.get("query_string", b"")
    versioned = isinstance(query, bytes) and query.startswith(b"v=")
    return "public, max-age=31536000, immutable" if versioned else "public, max-age=3600"
