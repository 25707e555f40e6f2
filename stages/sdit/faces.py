"""sdit/faces@VIEW: CelebA from the user's folder, data/sdit/VIEW.npz."""

from pipeline.core import params as shared
from pipeline.sdit.model import params, pictures
from pipeline.sdit.world import celeba
from pipeline.shell import command


def main(key: str) -> None:
    """Read, check and pack both halves; a relative path is taken from where the user typed the command."""
    p = params.load()
    where, domains, sizes = shared.known("view of faces", key, p.sdit.faces), p.view(key).domains, p.sizes.data
    root = command.invocation_root()
    folder, listed = (root / command.expanded(path) for path in (where.pictures, where.attributes))
    counts = (sizes.train * len(domains), sizes.test * len(domains))
    pictures.write(key, *celeba.halves(folder, listed, domains, counts, sizes.size, p.images.seed))


if __name__ == "__main__":
    command.run(main)
