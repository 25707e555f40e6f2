"""The paper's own numbers, in percent: Tables I, II and III."""

SCORES = ("pixel", "per_class", "iou")
# Table I, photo to label on Cityscapes: per-pixel accuracy, per-class accuracy, class IoU.
TABLE1 = {"cyclegan": (58.4, 21.2, 15.7), "asymgan-plain": (74.9, 27.6, 21.6), "asymgan": (63.1, 22.1, 16.1)}
# Table II, label to photo, the lower block: by the authors' own FCN-32s at 256 pixels; `real` is its score of photos.
TABLE2 = {
    "real": (87.9, 70.9, 59.4),
    "cyclegan": (60.9, 24.4, 17.9),
    "asymgan-plain": (74.3, 30.4, 22.9),
    "asymgan": (79.4, 31.4, 24.5),
}
# Table III, mean opinions from 1 to 5: correctness, realness, richness.
TABLE3 = {"cyclegan": (2.91, 2.85, 2.87), "asymgan-plain": (3.62, 3.51, 3.47), "asymgan": (3.74, 3.48, 3.52)}

# The runs by what the paper calls them, in the tables' order.
NAMES = {
    "cyclegan": "CycleGAN baseline",
    "cyclegan-dropout": "CycleGAN + dropout",
    "asymgan-plain": "Ours-w/o-ex",
    "asymgan": "Ours (CIN)",
    "inject-map": "Ours, z as a map",
    "inject-all": "Ours, z in every decoder map",
    "inject-ccam": "Ours, z by SGN's CCAM",
    "no-adversarial": "Ours w/o adversarial",
    "no-perception": "Ours w/o perception",
    "no-smoothness": "Ours w/o smoothness",
    "plain-follows": "Ours-w/o-ex, E follows",
}
