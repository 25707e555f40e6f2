"""The demo's page through Gradio's own client. Gradio is in the demo's environment alone: `make test-long`."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from tests.clone import CHECKOUT

MODEL = "real-gpu/model1"
pytest.importorskip("gradio", reason="Gradio is in the demo's environment alone: `make test-long`")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A client of the page, which runs with the generators that stand in Git."""
    from gradio_client import Client

    from pipeline.demo import __main__, work
    from pipeline.translate import weights

    kept = {name: path for name, path in weights.known(CHECKOUT).items() if "/" in name}
    page, port = __main__.built(work.Models(kept)), free_port()
    page.launch(
        server_name="127.0.0.1", server_port=port, prevent_thread_lock=True, quiet=True, max_file_size=work.LARGEST_FILE
    )
    yield Client(f"http://127.0.0.1:{port}", verbose=False)
    page.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "mine.png"
    ramp = np.linspace(0, 255, 90 * 70 * 3).reshape(70, 90, 3).astype(np.uint8)
    Image.fromarray(ramp).save(path)
    return path


def handed(path: Path) -> Any:
    from gradio_client import handle_file

    return handle_file(str(path))


def test_a_picture_is_what_the_command_makes_of_it(client: Any, picture: Path, tmp_path: Path) -> None:
    made = client.predict(MODEL, handed(picture), 0.2, 0.5, 0.3, 0.0, api_name="/translate")
    out = tmp_path / "command.png"
    command = [sys.executable, "-m", "pipeline.translate", str(picture), "--model", MODEL, "--s", "0.2,0.5,0.3"]
    subprocess.run([*command, "-o", str(out)], cwd=CHECKOUT, check=True, capture_output=True)
    assert (np.asarray(Image.open(made).convert("RGB")) == np.asarray(Image.open(out).convert("RGB"))).all()
    other = client.predict(MODEL, handed(picture), 1.0, 0.0, 0.0, 0.0, api_name="/translate")
    assert (np.asarray(Image.open(other)) != np.asarray(Image.open(made))).any()


def test_random_weights_are_a_mixture(client: Any) -> None:
    updates = client.predict(MODEL, api_name="/random")
    values = [update["value"] if isinstance(update, dict) else update for update in updates]
    assert sum(values) == pytest.approx(1, abs=5e-3)
    assert values[3] == 0


def test_a_film_travels_over_all_corners(client: Any, picture: Path) -> None:
    made = client.predict(MODEL, handed(picture), api_name="/film")
    path = made["video"] if isinstance(made, dict) else made
    frames, _ = imageio_ffmpeg.count_frames_and_secs(path)
    assert frames == 90


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused_in_one_line(client: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(Exception, match=r".+") as refused:
        client.predict(MODEL, handed(path), 1.0, 0.0, 0.0, 0.0, api_name="/translate")
    assert "Traceback" not in str(refused.value)


def test_without_a_picture_it_asks_for_one(client: Any) -> None:
    with pytest.raises(Exception, match="choose a picture"):
        client.predict(MODEL, None, 1.0, 0.0, 0.0, 0.0, api_name="/translate")


def test_a_port_that_is_taken_is_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = subprocess.run(
            [sys.executable, "-m", "pipeline.demo", "--no-browser", "--port", port],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert (ran.returncode, ran.stderr) == (1, f"error: port {port} is taken: choose another with --port\n")
