"""AsymGAN: unpaired translation where one domain holds less than the other (Li et al., IEEE TIP 2019)."""
