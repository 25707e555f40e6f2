"""Images: where they come from (`scenes`, `folder`, `cyclegan`), how they are packed, and the card that describes them.

A source is a sub-package of this one that offers two functions (types in `source.py`):

    find(request: Request) -> DomainImages            the train and test pictures of one domain
    find_style(request: StyleRequest) -> StyleImage   one style image

A source says which pictures there are and how each is read. It never packs, resizes or writes: `packing.py` does, alike
for all sources, and `card.py` describes the result.
"""
