"""The line between a browser and its server: it can be cut, mended, or run through a proxy that
gathers what it should pass on."""

import socket
import threading
from contextlib import suppress


class Line:
    """Passes bytes on to a port of this machine."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.is_cut = False
        self.is_gathering = False
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break what is open off, and refuse what comes: the server is away."""
        self.is_cut = True
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.is_cut:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._open |= {near, far}
            is_stream = threading.Event()
            threading.Thread(target=self._forth, args=(near, far, is_stream), daemon=True).start()
            threading.Thread(target=self._back, args=(far, near, is_stream), daemon=True).start()

    def _forth(self, near: socket.socket, far: socket.socket, is_stream: threading.Event) -> None:
        with suppress(OSError):
            while asked := near.recv(65_536):
                if b"/sort/live" in asked:
                    (is_stream.clear if b"once=true" in asked else is_stream.set)()
                far.sendall(asked)
        self._end(near, far)

    def _back(self, far: socket.socket, near: socket.socket, is_stream: threading.Event) -> None:
        with suppress(OSError):
            while answer := far.recv(65_536):
                if not (self.is_gathering and is_stream.is_set()):
                    near.sendall(answer)
        self._end(near, far)

    def _end(self, *both: socket.socket) -> None:
        for one in both:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
            self._open.discard(one)
