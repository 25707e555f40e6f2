"""sdit/artworks: photos and paintings of the pipeline's domains, labelled, data/sdit/artworks.npz."""

from pipeline.sdit.model import params, pictures
from pipeline.sdit.world import artworks
from pipeline.shell import command


def main() -> None:
    """Label both halves."""
    p = params.load()
    domains, sizes = p.view("artworks").domains, p.sizes.data
    counts = {"train": sizes.train, "test": sizes.test}
    train, test = (artworks.half(name, domains, count, sizes.size) for name, count in counts.items())
    pictures.write("artworks", train, test)


if __name__ == "__main__":
    command.run(main)
