"""The last step before a program that opens documents: this process gives up files, then becomes it.

    python -P -m ingest.office.walled FOLDER PROGRAM [ARGUMENT ...]

It reads programs and fonts, reads and writes in its folder alone, and reaches no other program. LibreOffice hears from
itself over a socket: that lies in the folder where calls are filtered; elsewhere in /tmp, where it then makes sockets,
removes, and reads nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from ingest.confined import kernel
from ingest.confined.calls import filter_of_calls
from ingest.confined.walls import programs

_OF_ITS_MAKERS = "/opt/*/program/*"
"""Where LibreOffice lies that was not installed by the system's packages."""


def main(folder: str, program: str, *arguments: str) -> None:
    """Become a program that sees its folder; where the kernel has no Landlock, one that sees what we see."""
    found = Path(shutil.which(program) or program).resolve()
    own = [str(found.parents[1])] if found.match(_OF_ITS_MAKERS) else []
    load_filter = filter_of_calls(listens=True)
    kernel.no_new_privileges()
    if kernel.landlock_version():
        for_sockets = [] if load_filter else ["/tmp"]  # noqa: S108
        kernel.keep_to([*programs(), *own], [folder, "/dev/null"], for_sockets)
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    if load_filter:
        load_filter()
        theirs["OSL_SOCKET_PATH"] = "."  # where it starts: the name of a socket is short, a folder's may be long
    os.execvpe(program, [program, *arguments], theirs)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
