"""The label and photo world: street scenes, each as a photo and as a flat label map of the same regions.

A scene is five classes in places that tell them apart (sky above, ground below, houses on the horizon, trees, cars on
the ground). The photo adds what the label lacks: a colour of each class, textures, light, exposure. A scene's two
pictures are a pair; training sees each domain in its own order, so pairs are used in measurements only.
"""
