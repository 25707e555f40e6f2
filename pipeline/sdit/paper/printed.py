"""The paper's tables as printed (chapter 6 of the thesis), to stand beside ours. LPIPS is the same measure, of
other pictures; the ID distance is with VGG-Face: its order can be compared, its size cannot."""

# Table 6.1, CelebA, five attributes: ID distance (lower is better), LPIPS (higher is more diverse).
TABLE61 = {
    "attention-only": (0.061, 0.408),
    "cin-only": (0.063, 0.409),
    "cin-latent": (0.070, 0.432),
    "sdit-no-latent": (0.063, 0.412),
    "sdit": (0.060, 0.424),
}

# Reverse classification accuracy in per cent, and LPIPS, by domain and their mean.
TABLE63 = {
    "CycleGAN": {"yellow": (93.4, 0.599), "blue": (95.1, 0.601), "green": (93.4, 0.584), "orange": (92.3, 0.587)},
    "IcGAN": {"yellow": (92.2, 0.581), "blue": (93.5, 0.592), "green": (92.8, 0.579), "orange": (92.1, 0.589)},
    "StarGAN": {"yellow": (95.9, 0.591), "blue": (95.3, 0.602), "green": (96.0, 0.590), "orange": (94.2, 0.584)},
    "MUNIT": {"yellow": (97.3, 0.607), "blue": (97.1, 0.603), "green": (97.2, 0.599), "orange": (96.8, 0.621)},
    "SDIT": {"yellow": (97.6, 0.610), "blue": (96.6, 0.607), "green": (97.3, 0.604), "orange": (97.1, 0.627)},
    "Real image": {"yellow": (98.5, 0.652), "blue": (98.6, 0.652), "green": (97.8, 0.653), "orange": (98.8, 0.652)},
}
# Its Cezanne stands where ours has Van Gogh.
TABLE64 = {
    "CycleGAN": {"photo": (52.8, 0.684), "cezanne": (57.4, 0.654), "ukiyoe": (56.1, 0.674), "monet": (60.9, 0.648)},
    "IcGAN": {"photo": (50.9, 0.697), "cezanne": (56.8, 0.663), "ukiyoe": (55.1, 0.677), "monet": (59.7, 0.651)},
    "StarGAN": {"photo": (60.1, 0.694), "cezanne": (61.5, 0.667), "ukiyoe": (61.3, 0.689), "monet": (62.7, 0.663)},
    "MUNIT": {"photo": (66.2, 0.763), "cezanne": (67.9, 0.784), "ukiyoe": (67.2, 0.791), "monet": (63.9, 0.778)},
    "SDIT": {"photo": (65.6, 0.816), "cezanne": (63.4, 0.806), "ukiyoe": (65.3, 0.829), "monet": (66.4, 0.802)},
    "Real image": {"photo": (70.2, 0.856), "cezanne": (72.4, 0.874), "ukiyoe": (69.9, 0.884), "monet": (71.7, 0.864)},
}
NETWORKS = {"CycleGAN": "6/6", "IcGAN": "1/1", "StarGAN": "1/1", "MUNIT": "6/6", "SDIT": "1/1", "Real image": "–"}
