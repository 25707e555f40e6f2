"""The downloader: right bytes or a clear error, whatever the server, the disk or a kill does."""

import dataclasses
import fcntl
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from pipeline.images.cyclegan.download import DownloadError, fetch
from pipeline.images.cyclegan.progress import Progress
from pipeline.images.cyclegan.transfer import Patience, Published
from tests.images import fault_trials
from tests.images.faulty_server import HTML, Script, serving

AT_ONCE = Patience(timeout=20.0, waits=(0.0, 0.0))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def script() -> Script:
    generator = np.random.default_rng(1)
    return Script(generator.bytes(200_000), generator)


def published(script: Script, *mirrors: str, starts: bytes = b"") -> Published:
    return Published(mirrors, len(script.content), hashlib.sha256(script.content).hexdigest(), starts)


def part_of(target: Path, wanted: Published) -> Path:
    return target.with_name(f"{target.name}.{wanted.sha256[:12]}.part")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_at_least_200_random_faults_never_give_a_wrong_file(tmp_path: Path) -> None:
    rows = fault_trials.tabulate(fault_trials.all_trials(seed=4, repeats=2, folder=tmp_path))
    print(fault_trials.markdown(rows))
    assert all(row.served > 0 for row in rows.values())
    assert sum(row.served for row in rows.values()) >= 200


def test_a_right_file_is_not_asked_for_again(tmp_path: Path, script: Script) -> None:
    target = tmp_path / "deep" / "folder" / "file.zip"
    with serving(script) as server:
        wanted = published(script, f"{server}/file.zip")
        assert fetch(target, wanted, AT_ONCE) == target
        fetch(target, wanted, AT_ONCE)
    fetch(target, wanted, AT_ONCE)  # the server is gone
    assert target.read_bytes() == script.content
    assert len(script.served) == 1
    assert names(target.parent) == ["file.zip", "file.zip.lock"]


def test_a_break_is_continued_with_a_range_request(tmp_path: Path, script: Script) -> None:
    script.plan = ["breaks off", "breaks off"]
    with serving(script) as server:
        fetch(tmp_path / "f", published(script, f"{server}/f"), AT_ONCE)
    ranges = [asked for _, asked, _ in script.served]
    assert ranges[0] is None
    assert all(asked is not None for asked in ranges[1:])
    assert (tmp_path / "f").read_bytes() == script.content


def test_a_file_that_changed_on_the_server_is_not_pieced_together(tmp_path: Path, script: Script) -> None:
    right, old = script.content, bytes(script.content[::-1])
    target = tmp_path / "f"
    script.content, script.plan = old, ["breaks off"]
    with serving(script) as server:
        wanted = Published((f"{server}/f",), len(right), hashlib.sha256(right).hexdigest())
        script.always = "HTTP 503"
        with pytest.raises(DownloadError):
            fetch(target, wanted, AT_ONCE)
        assert part_of(target, wanted).exists()
        script.content, script.always, script.etag = right, None, '"two"'
        fetch(target, wanted, AT_ONCE)  # If-Range names the old ETag, so the whole new file is sent
    assert target.read_bytes() == right
    assert names(tmp_path) == ["f", "f.lock"]


def test_mirrors_are_asked_in_their_order_and_share_the_part(tmp_path: Path, script: Script) -> None:
    script.plan, script.always = ["breaks off"], "HTTP 404"
    with serving(script) as server:
        fetch(tmp_path / "f", published(script, f"{server}/first", f"{server}/good", f"{server}/third"), AT_ONCE)
    assert [path for path, _, _ in script.served] == ["/first", "/first", "/good"]
    assert script.served[-1][1] is not None, "the second mirror sends only what is missing"


def test_a_wrong_hash_names_both_keeps_the_file_and_goes_to_the_next_mirror(
    tmp_path: Path, script: Script, capsys: pytest.CaptureFixture[str]
) -> None:
    script.always = "one wrong byte"
    target = tmp_path / "f"
    with serving(script) as server:
        wanted = published(script, f"{server}/f", f"{server}/good")
        fetch(target, wanted, AT_ONCE)
    assert target.read_bytes() == script.content
    (aside,) = tmp_path.glob("f.bad-*")
    got = hashlib.sha256(aside.read_bytes()).hexdigest()
    assert f"expected {wanted.sha256}, got {got}; kept aside as {aside.name}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "sentence", "requests"),
    [
        ("HTTP 404", "answers HTTP 404 Not Found", 1),
        ("HTTP 503", "answers HTTP 503 Service Unavailable", 3),
        ("HTML page, status 200", r"sends 91 bytes instead of 200000 \(the server calls it text/html\)", 1),
        ("HTML page, status 200, length not stated", "sends another kind of file", 1),
        ("HTML page, status 200, the file's length", "sends another kind of file", 1),
        ("length too large", "sends 200100 bytes instead of 200000", 1),
        ("length not stated, too many bytes", "sends more than 200000 bytes", 1),
        ("compresses unasked", r"sends the file compressed \(gzip\)", 1),
        ("one wrong byte", "ended in a wrong SHA-256: expected", 1),
        ("redirect in a circle", "redirects in a circle", None),
        ("stalls", r"broke off \(timed out\)", None),
        ("slow drip", "is too slow", None),
        ("closes without an answer", "gives no answer", 3),
        ("answers no HTTP", "gives no answer", 3),
    ],
)
def test_a_fault_is_named_and_asked_again_only_if_that_may_help(
    tmp_path: Path, script: Script, kind: str, sentence: str, requests: int | None
) -> None:
    script.always, script.pause = kind, 0.5
    target = tmp_path / "f"
    patience = Patience(timeout=0.2, window=0.1, least=1_000, waits=(0.0, 0.0))
    with serving(script) as server:
        wanted = published(script, f"{server}/f", starts=script.content[:4])
        with pytest.raises(DownloadError, match=f"{server}/f {sentence}"):
            fetch(target, wanted, patience if requests is None else dataclasses.replace(patience, timeout=20.0))
    assert requests in (None, len(script.served))
    assert not target.exists()


@pytest.mark.parametrize("kind", ["refuses ranges (HTTP 416)", "Content-Range of another start"])
def test_a_server_with_broken_ranges_is_asked_for_the_whole(tmp_path: Path, script: Script, kind: str) -> None:
    script.plan = ["breaks off", kind]
    with serving(script) as server:
        fetch(tmp_path / "f", published(script, f"{server}/f"), AT_ONCE)
    assert [asked is None for _, asked, _ in script.served] == [True, False, True]
    assert names(tmp_path) == ["f", "f.lock"], "nothing was pieced together wrongly and set aside"


def test_the_server_is_asked_not_to_compress(tmp_path: Path, script: Script) -> None:
    with serving(script) as server:
        fetch(tmp_path / "f", published(script, f"{server}/f"), AT_ONCE)
    assert script.encodings == ["identity"]


def test_an_html_page_does_not_cost_what_is_there(tmp_path: Path, script: Script) -> None:
    script.plan, script.always = ["breaks off"], "HTML page, status 200, length not stated"
    target = tmp_path / "f"
    with serving(script) as server:
        wanted = published(script, f"{server}/f", starts=script.content[:4])
        with pytest.raises(DownloadError, match="another kind of file"):
            fetch(target, wanted, AT_ONCE)
    there = part_of(target, wanted).read_bytes()
    assert there
    assert script.content.startswith(there)
    assert HTML not in there


def test_a_wrong_file_under_the_name_is_moved_aside(
    tmp_path: Path, script: Script, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "f"
    target.write_bytes(b"placed by hand, but wrong")
    with serving(script) as server:
        fetch(target, published(script, f"{server}/f"), AT_ONCE)
    assert target.read_bytes() == script.content
    assert "expected" in capsys.readouterr().err
    assert [path.read_bytes() for path in tmp_path.glob("f.bad-*")] == [b"placed by hand, but wrong"]


def test_without_any_mirror_the_error_tells_how_to_place_the_file(tmp_path: Path, script: Script) -> None:
    target = tmp_path / "f"
    wanted = published(script, "http://127.0.0.1:9/f", "http://nowhere.invalid/f")
    with pytest.raises(DownloadError) as caught:
        fetch(target, wanted, AT_ONCE)
    fault_trials.check_clear(caught.value, target, wanted)
    target.write_bytes(script.content)
    assert fetch(target, wanted, AT_ONCE) == target


def test_no_space_is_said_before_the_download(tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=150_000))
    target = tmp_path / "f"
    with serving(script) as server:
        wanted = published(script, f"{server}/f")
        with pytest.raises(OSError, match=r"no space for f: 0.200 MB to download, 0.150 MB free .* SGN_CACHE=DIR"):
            fetch(target, wanted, AT_ONCE)
        assert script.served == []
        part_of(target, wanted).write_bytes(script.content[:60_000])  # the rest fits
        fetch(target, wanted, AT_ONCE)
    assert target.read_bytes() == script.content


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_space_that_runs_out_during_the_download_is_no_fault_of_the_mirror(tmp_path: Path, script: Script) -> None:
    target = tmp_path / "f"
    with serving(script) as server:
        wanted = published(script, f"{server}/f")
        part_of(target, wanted).symlink_to("/dev/full")
        with pytest.raises(OSError, match=r"the space ran out .* SGN_CACHE=DIR"):
            fetch(target, wanted, AT_ONCE)
        assert len(script.served) == 1
        part_of(target, wanted).unlink()
        fetch(target, wanted, AT_ONCE)
    assert target.read_bytes() == script.content


def test_a_cache_that_is_no_folder_is_named(tmp_path: Path, script: Script) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(OSError, match=r"cache folder .*cache cannot be written .* SGN_CACHE=DIR"):
        fetch(tmp_path / "cache" / "f", published(script, "http://127.0.0.1:9/f"), AT_ONCE)


def start_fetch(target: Path, wanted: Published) -> subprocess.Popen[str]:
    """`fetch` in a process of its own."""
    code = textwrap.dedent(f"""
        from pathlib import Path
        from pipeline.images.cyclegan.download import fetch
        from pipeline.images.cyclegan.transfer import Published
        fetch(Path({str(target)!r}), Published({wanted.mirrors!r}, {wanted.size}, {wanted.sha256!r}))
    """)
    return subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True)


@contextmanager
def ended(*processes: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "nothing happened within a minute"
        time.sleep(0.01)


def test_a_download_killed_twice_is_continued(tmp_path: Path, script: Script) -> None:
    target = tmp_path / "f"
    script.pace = 100_000  # bytes a second: two seconds for the whole
    with serving(script) as server:
        wanted = published(script, f"{server}/f")
        part = part_of(target, wanted)
        for least in (30_000, 90_000):
            process = start_fetch(target, wanted)
            with ended(process):
                wait_until(lambda least=least: part.exists() and part.stat().st_size >= least)
                os.kill(process.pid, signal.SIGKILL)
                assert process.wait() == -signal.SIGKILL
            assert not target.exists()
        there = part.stat().st_size
        script.pace = 0
        fetch(target, wanted, AT_ONCE)
    assert target.read_bytes() == script.content
    ranges = [asked for _, asked, _ in script.served]
    assert ranges[0] is None
    assert ranges[1] is not None
    assert ranges[2] == f"bytes={there}-"
    assert there >= 90_000


def test_two_processes_at_once_download_once(tmp_path: Path, script: Script) -> None:
    target = tmp_path / "f"
    with serving(script) as server:
        wanted = published(script, f"{server}/f")
        # Both wait for this lock, so that they meet; whoever gets it first downloads.
        with target.with_name("f.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            first, second = start_fetch(target, wanted), start_fetch(target, wanted)
            with ended(first, second):
                for process in (first, second):
                    assert process.stderr is not None
                    assert "another process is downloading it; waiting" in process.stderr.readline()
                assert script.served == []
                fcntl.flock(lock, fcntl.LOCK_UN)
                outputs = [process.communicate(timeout=60)[1] for process in (first, second)]
                assert [first.returncode, second.returncode] == [0, 0], outputs
    assert target.read_bytes() == script.content
    assert len(script.served) == 1
    assert sum("complete" in output for output in outputs) == 1


def test_progress_is_plain_lines_in_a_file_and_a_bar_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    plain, terminal = io.StringIO(), Terminal()
    for stream in (plain, terminal):
        progress = Progress("file.zip", 2_000_000, stream)
        for position in range(0, 2_000_001, 10_000):
            progress.at(position)
        progress.say("done")
    lines = plain.getvalue().splitlines()
    assert len(lines) == 11, "one per tenth and the last"
    assert all(line.startswith("file.zip: ") for line in lines)
    assert "100 % of 2.0 MB" in lines[-2]
    assert "\r" not in plain.getvalue()
    bars = terminal.getvalue().split("\r")
    assert "100 % of 2.0 MB" in bars[-1]
    assert terminal.getvalue().endswith("\nfile.zip: done\n")
