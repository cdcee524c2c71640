"""Build the wheel, compare it with the source, and use it from an environment and a folder of its own.

An editable installation sees every file of the clone, so only this shows that the wheel is complete.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = ("engine", "timers", "webapp", "cli")
DATA = ("processes", "webapp/templates", "webapp/static", "webapp/translations")
NOT_SOURCE = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "node_modules", "__pycache__", "var")


def run(*command: str | Path, cwd: Path) -> None:
    """Run without this interpreter's own paths; end the program where it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=environment, check=False)
    if done.returncode:
        sys.exit(f"failed with status {done.returncode}: {' '.join(map(str, command))}")


def needed(source: Path) -> set[str]:
    """Paths, from the root of the project, of every file an installation needs."""
    code = {path for folder in CODE for path in (source / folder).rglob("*.py")}
    data = {path for folder in DATA for path in (source / folder).rglob("*") if path.is_file()}
    return {path.relative_to(source).as_posix() for path in code | data}


def build(folder: Path) -> Path:
    """The wheel of a clean copy: a ``build/`` left in the clone would leak old files into it."""
    source = shutil.copytree(ROOT, folder / "source", ignore=NOT_SOURCE)
    files = needed(source)
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        folder,
        source,
        cwd=folder,
    )
    (wheel,) = folder.glob("*.whl")
    missing = files - {*zipfile.ZipFile(wheel).namelist()}
    if missing:
        sys.exit("missing in the wheel:\n  " + "\n  ".join(sorted(missing)))
    return wheel


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="binglian-wheel-") as name:
        folder = Path(name)
        wheel = build(folder)
        venv.create(folder / "venv", with_pip=True)
        programs = folder / "venv" / "bin"
        run(programs / "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=folder)
        (processes,) = folder.glob("venv/lib/python*/site-packages/processes")
        run(programs / "binglian", "check", processes, cwd=folder)
        print(f"{wheel.name} holds everything, and works on its own")


if __name__ == "__main__":
    main()
