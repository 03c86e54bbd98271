"""What goes through Redis is JSON: data from there is never run."""

import json
from typing import Any


class JSONSerializer:
    """The cache's serializer. Numbers stay as they are, so that Redis can count with them."""

    def dumps(self, value: Any) -> Any:
        return value if isinstance(value, int) and not isinstance(value, bool) else json.dumps(value).encode()

    def loads(self, data: Any) -> Any:
        return json.loads(data)
