"""The last step before a program that opens documents: this process gives up files, then becomes it.

    python -P -m ingest.office.walled FOLDER PROGRAM [ARGUMENT ...]

It reads programs and fonts, and reads and writes in its folder alone. LibreOffice starts itself again over a socket
that it makes in /tmp whatever its environment says, and removes: it makes sockets there, removes, and reads nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from ingest.confined import kernel
from ingest.confined.walls import programs

_OF_ITS_MAKERS = "/opt/*/program/*"
"""Where LibreOffice lies that was not installed by the system's packages."""


def main(folder: str, program: str, *arguments: str) -> None:
    """Become a program that sees its folder; where the kernel has no Landlock, one that sees what we see."""
    found = Path(shutil.which(program) or program).resolve()
    own = [str(found.parents[1])] if found.match(_OF_ITS_MAKERS) else []
    kernel.no_new_privileges()
    if kernel.landlock_version():
        kernel.keep_to([*programs(), *own], [folder, "/dev/null"], for_sockets=["/tmp"])  # noqa: S108
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    os.execvpe(program, [program, *arguments], theirs)  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
