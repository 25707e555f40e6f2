"""The demo: sliders for the user's own pictures, in a browser on the same computer (`make demo`)."""
