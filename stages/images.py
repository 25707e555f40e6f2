"""images@DOMAIN: pack a domain's pictures into data/DOMAIN/{train,test}.npy (uint8, N H W C) and card.json."""

from collections import Counter
from pathlib import Path

from pipeline.core import files, params
from pipeline.images import card, packing, source
from pipeline.shell import command


def main(key: str) -> None:
    """Pack the domain `key` at the scale's sizes; data/KEY appears whole or not at all."""
    p = params.load()
    domain, sizes = p.domain(key), p.scale_params.images
    images = source.load(p.data).find(
        source.Request(
            domain=key,
            dataset=domain.dataset,
            side=domain.side,
            train_size=sizes.train_size,
            test_size=sizes.test_size,
            scenes_train=sizes.scenes_train,
            scenes_test=sizes.scenes_test,
            root=source.resolve_root(p.data_root, command.invocation_root()),
            seed=p.images.seed,
            max_pixels=p.images.max_pixels,
        )
    )
    card.check_counts(key, images)
    with files.replacing(Path("data") / key) as folder:
        folder.mkdir()
        train, test = (
            packing.pack(
                pictures,
                size,
                folder / f"{split}.npy",
                what=f"{split} pictures of domain {key}",
                max_unreadable=p.images.max_unreadable,
            )
            for split, pictures, size in (
                ("train", images.train, sizes.train_size),
                ("test", images.test, sizes.test_size),
            )
        )
        card.check_enough(key, train, test)
        files.write_json(folder / "card.json", card.describe_domain(key, images, train, test))
    unreadable = len(train.unreadable) + len(test.unreadable)
    print(
        f"{key}: {len(train.names)} train and {len(test.names)} test pictures from {images.source}"
        + (f"; {unreadable} unreadable, listed in data/{key}/card.json" if unreadable else "")
        + _left_out(images.provenance.get("ignored", {}))
    )


def _left_out(ignored: dict[str, dict[str, int]]) -> str:
    """What lay beside the pictures and is none, by kind."""
    kinds: Counter[str] = Counter()
    for of_split in ignored.values():
        kinds.update(of_split)
    return f"; left out: {', '.join(f'{count} {kind}' for kind, count in kinds.items())}" if kinds else ""


if __name__ == "__main__":
    command.run(main)
