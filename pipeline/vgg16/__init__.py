"""VGG16's ImageNet weights: which they are (known), how files hold them (formats), where they come from (sources)."""
