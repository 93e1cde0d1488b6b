"""Has a command run by the process of `forking`, with the standard streams that it has itself.

The arguments are the command; the first of them, a file, lies beside that process's socket. Begun
with `-IS`, and imports little: what it stands in for is begun often.
"""

from __future__ import annotations

import json
import os
import socket
import sys

HEAD = 8
"""As in `forking`."""


def main() -> None:
    link = socket.socket(socket.AF_UNIX)
    link.connect(os.path.join(os.path.dirname(sys.argv[1]), "orders"))  # noqa: PTH118, PTH120 - pathlib takes longer than all else
    order = {"command": sys.argv[1:], "cwd": os.getcwd(), "env": dict(os.environ)}  # noqa: PTH109 - the same
    document = json.dumps(order).encode()
    socket.send_fds(link, [len(document).to_bytes(HEAD, "big")], [0, 1, 2])
    link.sendall(document)
    os.close(0)
    os.close(1)
    link.recv(HEAD, socket.MSG_WAITALL)  # its number
    code = int.from_bytes(link.recv(HEAD, socket.MSG_WAITALL), "big", signed=True)
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
