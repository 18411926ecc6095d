"""Where PostgreSQL may live, and as whom: it refuses to run as root.

Not root: it runs in place. Root: it runs as `nobody`, so its binaries and its data must lie where `nobody`
can reach them; what does not is copied to (binaries) or kept in (data) a folder of our own under /var/tmp.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

SHARED_TEMP = Path("/var/tmp")  # noqa: S108 - kept across reboots; every folder made there is checked to be ours


def server_user() -> str | None:
    """The account to run the server as, or None for our own."""
    return "nobody" if os.geteuid() == 0 else None


def is_reachable(path: Path) -> bool:
    """Whether any user may walk to `path`."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def reachable_home(wanted: Path) -> Path:
    """`wanted`, or what stands in for it where PostgreSQL's account cannot get there; made and owned right."""
    user = server_user()
    wanted.parent.mkdir(parents=True, exist_ok=True)
    home = wanted if user is None or is_reachable(wanted) else _own_folder(wanted.parent) / wanted.name
    home.mkdir(exist_ok=True, mode=0o700)
    if user is not None:
        shutil.chown(home, user)
    return home


def reachable_binaries(package: Path) -> Path:
    """The `pginstall` folder of `package`, or of its copy where PostgreSQL's account cannot reach it."""
    if server_user() is None or is_reachable(package / "pginstall"):
        return package / "pginstall"
    copy = _own_folder(package) / "binaries"
    if not copy.exists():
        _copy_at_once(package, copy)
    return copy / package.name / "pginstall"


def _copy_at_once(package: Path, copy: Path) -> None:
    """Copy beside and rename: nobody sees half a copy. The libraries next door belong to it."""
    partial = Path(tempfile.mkdtemp(dir=copy.parent))
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, partial / folder.name)
    partial.chmod(0o755)
    try:
        partial.rename(copy)
    except OSError:  # another start was first
        shutil.rmtree(partial)


def _own_folder(origin: Path) -> Path:
    """A folder of ours under /var/tmp named after `origin`.

    Raises:
        PermissionError: somebody else made it first.
    """
    folder = SHARED_TEMP / f"aiadmin-{hashlib.sha256(str(origin.resolve()).encode()).hexdigest()[:12]}"
    folder.mkdir(exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise PermissionError(f"{folder} exists and is not ours: remove it")
    folder.chmod(0o755)
    return folder
