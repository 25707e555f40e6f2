"""Fetch a source package with pip, without running any of its code.

`pip download` prepares a source package's metadata, and for that it runs the package's setup.py; pip has no option
against it. The metadata comes from a build backend (PEP 517), and with --no-build-isolation pip takes the backend
from the import path. So a backend of ours stands first on that path under the name that pip looks for. It writes the
name and the version, which are known, and leaves the package unopened. pip checks the SHA-256 before that
(--require-hashes), so the right to download stays with pip's own configuration: index, proxies, certificates, mirrors.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

# A package without pyproject.toml is built by setuptools.build_meta:__legacy__; one with it usually by the module.
_BACKEND = """
from pathlib import Path


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = Path(metadata_directory) / "{folder}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
    return folder.name


class __legacy__:
    get_requires_for_build_wheel = staticmethod(get_requires_for_build_wheel)
    prepare_metadata_for_build_wheel = staticmethod(prepare_metadata_for_build_wheel)
"""


def download(name: str, version: str, sha256: str, folder: Path) -> Path:
    """Let pip fetch the source package NAME==VERSION with this SHA-256 into `folder`; return the file.

    Raises OSError with pip's own reason.
    """
    with tempfile.TemporaryDirectory() as temporary:
        backend = Path(temporary, "backend", "setuptools")
        backend.mkdir(parents=True)
        (backend / "__init__.py").touch()
        (backend / "build_meta.py").write_text(
            _BACKEND.format(name=name, version=version, folder=name.replace("-", "_")), encoding="utf-8"
        )
        requirements = Path(temporary, "requirements.txt")
        requirements.write_text(f"{name}=={version} --hash=sha256:{sha256}\n", encoding="utf-8")
        options = ["--no-deps", "--no-binary", name, "--no-build-isolation", "--retries", "1", "--progress-bar", "off"]
        pip = subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, "--require-hashes", "-r", requirements, "-d", folder],
            env={**os.environ, "PYTHONPATH": str(backend.parent), "PIP_USE_PEP517": "1"},
            capture_output=True,
            text=True,
        )
    if pip.returncode != 0:
        raise OSError(f"pip could not fetch {name} {version}: {_reason(pip.stderr)}")
    fetched = folder / f"{name.replace('-', '_')}-{version}.tar.gz"
    if not fetched.is_file():
        raise OSError(f"pip fetched {name} {version} under another name than {fetched.name}")
    return fetched


def _reason(stderr: str) -> str:
    """The first error in what pip said; a failed connection comes before pip's guess that there is no such version."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    if any("connection broken" in line for line in lines):
        return "no connection to the package index"
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["it gave no reason"])[0]
