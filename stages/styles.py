"""styles@STYLE: find a style image, pack it, write data/STYLE/style.npy (uint8, H W C) and card.json."""

from pathlib import Path

from pipeline.core import files, params
from pipeline.images import card, packing, source
from pipeline.shell import command


def main(key: str) -> None:
    """Pack the style image `key`; data/KEY appears whole or not at all."""
    p = params.load()
    size = p.images.style_size
    root = source.resolve_root(p.data_root, command.invocation_root())
    request = source.StyleRequest(
        style=key,
        file=p.style(key).file,
        size=size,
        root=root,
        seed=p.images.seed,
        max_pixels=p.images.max_pixels,
    )
    image = source.load(p.data).find_style(request)
    with files.replacing(Path("data") / key) as folder:
        folder.mkdir()
        packed = packing.pack_one(image.picture, size, folder / "style.npy", what=f"style {key}")
        files.write_json(folder / "card.json", card.describe_style(key, image, packed))
    print(f"{key}: {image.picture.name} from {image.source}")


if __name__ == "__main__":
    command.run(main)
