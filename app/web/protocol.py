"""HTTP as the server speaks it: request heads of a sensible size only."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64 * 1024
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\n"
    b"content-length: 37\r\n"
    b"connection: close\r\n\r\n"
    b"The headers of this request are long."
)


class CappedProtocol(HttpToolsProtocol):
    """Closes a connection whose request does not come to the end of its headers."""

    _head = 0
    _is_in_head = True

    def data_received(self, data: bytes) -> None:
        was_in_head = self._is_in_head
        super().data_received(data)
        if not self._is_in_head:
            self._head = 0
            return
        self._head += len(data) if was_in_head else 0
        if self._head > LARGEST_HEAD and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()

    def shutdown(self) -> None:
        """Let go of streams that would last: the server stops when its last answer has ended."""
        super().shutdown()
        state = self.cycle.scope.get("state", {}) if self.cycle is not None else {}
        if state.get("ends_with_the_server"):
            self.transport.close()

    def on_message_begin(self) -> None:
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()
