"""The most of a short visit to a GPU: `python -m benchmarks.gpu --seconds 540 --out DIR`.

One process, in this order: what the machine is (record), whether our layers, losses and trainings are right on it
(correct), how fast they are (speed), and a real training of Model 1 with the time that is left (training). Each part
writes its file as soon as it knows something, so that a visit which is cut off leaves whole files. It needs PyTorch,
NumPy, Pillow, PyYAML, safetensors and Matplotlib, but neither DVC, DVCLive nor pydantic.
"""
