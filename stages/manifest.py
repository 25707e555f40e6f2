"""manifest: list the user's image files with their hashes, so that DVC notices new, changed and removed ones.

DVC runs it every time (`always_changed`); what depends on data/sources/folder.json runs only if the list changed.
"""

from pathlib import Path
from typing import Any

from pipeline.core import files, params
from pipeline.images import source
from pipeline.images.folder import layout
from pipeline.shell import apart, command


def main() -> None:
    """Write data/sources/folder.json: per domain and style the files that it reads, or null where they are missing.

    With another source than `folder` the list is empty: nothing that this stage watches is read.
    """
    p = params.load()
    value: dict[str, Any] = {"domains": {}, "styles": {}}
    if p.data == "folder":
        root = layout.check_root(source.resolve_root(p.data_root, command.invocation_root()))
        value["domains"] = {key: _domain(root, domain) for key, domain in p.domains.items()}
        value["styles"] = {key: _style(root, style.file) for key, style in p.styles.items()}
    files.write_json(Path("data/sources/folder.json"), value)


def _domain(root: Path, domain: params.Domain) -> dict[str, Any] | None:
    """The files of a domain's folders; null where a folder is missing, which images@DOMAIN says, if it is needed.

    ValueError where pictures, or what a link among them leads to, lie where stages write: this stage comes before
    those whose outputs DVC removes.
    """
    for split in ("train", "test"):
        if (folder := root / domain.dataset / f"{split}{domain.side}").is_dir():
            layout.check_apart(folder)
    try:
        train, test = layout.domain_folders(root, domain.dataset, domain.side)
    except apart.NotApartError:
        raise
    except ValueError:
        return None
    return {
        name: [_file(root / name / file) for file in layout.list_folder(root / name).names] for name in (train, test)
    }


def _style(root: Path, name: str) -> dict[str, Any] | None:
    folder = root / layout.STYLE_FOLDER
    if folder.is_dir():
        layout.check_apart(folder)
    path = folder / layout.same_name(folder, name)
    return _file(path) if path.exists() else None


def _file(path: Path) -> dict[str, Any]:
    """A file's name, size in bytes and hash; null for both where nothing can be read, as of a link to nothing."""
    name = layout.printable(path.name)
    if path.is_symlink() and path.exists():
        layout.check_apart(path.resolve().parent)
    try:
        if path.is_file():
            return {"name": name, "bytes": path.stat().st_size, "sha256": files.sha256(path)}
    except OSError:  # images@DOMAIN lists it as unreadable, with the reason
        pass
    return {"name": name, "bytes": None, "sha256": None}


if __name__ == "__main__":
    command.run(main)
