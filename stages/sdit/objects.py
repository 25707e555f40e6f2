"""sdit/objects: the rendered objects, data/sdit/objects.npz."""

from pipeline.sdit.model import params, pictures
from pipeline.sdit.world import objects
from pipeline.shell import command


def main() -> None:
    """Render both halves."""
    p = params.load()
    domains, sizes = p.view("objects").domains, p.sizes.data
    counts = {"train": sizes.train, "test": sizes.test}
    train, test = (objects.half(name, domains, count, sizes.size, p.images.seed) for name, count in counts.items())
    pictures.write("objects", train, test)


if __name__ == "__main__":
    command.run(main)
