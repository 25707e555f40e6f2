"""Run a notebook and render it to a page that reads offline and is the same, byte for byte, each time."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from nbconvert import HTMLExporter
from papermill.exceptions import PapermillExecutionError, strip_color
from traitlets.config import Config

from pipeline.shell.command import one_line

KERNEL = "python3"
LONGEST_ADDRESS = 103  # bytes that a socket's address has room for: 107 on Linux, 103 on a Mac
# What the user's own Python, Jupyter and IPython set up must not reach the notebook.
USER_SETTINGS = ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH", "PYTHONSTARTUP", "IPYTHON_DIR")


def execute(path: Path) -> nbformat.NotebookNode:
    """Run the notebook with the kernel of this environment in the current folder, and return it with its outputs.

    Nothing is written: an executed notebook holds times, and differs each time. ValueError names the notebook, the
    cell and the message of what it raised.
    """
    if not path.is_file():
        raise ValueError(f"{path} is missing: it belongs to the checkout, bring it back with `git checkout -- {path}`")
    notebook = nbformat.read(path, as_version=4)
    with _private_settings() as folder:
        # Sockets that are files work where there is no network at all. Jupyter would put them into the current folder,
        # where two reports at a time would meet in one socket. It adds -1 to -5 to their name.
        sockets = {"transport": "ipc", "ip": str(folder / "kernel")}
        if len(os.fsencode(f"{folder / 'kernel'}-1")) > LONGEST_ADDRESS:
            sockets = {"transport": "tcp", "transport_encryption": "auto"}
        try:
            # No parameters: papermill would add a cell with a random id.
            return papermill.execute_notebook(
                notebook,
                None,
                kernel_name=KERNEL,
                cwd=Path.cwd(),
                progress_bar=False,
                log_output=False,
                config=Config({"KernelManager": sockets}),
                # The kernel reports its own stop as an error now and then.
                extra_arguments=["--log-level=CRITICAL"],
            )
        except PapermillExecutionError as error:
            where = f"{path}, cell {error.cell_index + 1}{_heading(notebook, error.cell_index)}"
            message = one_line(ValueError(strip_color(error.evalue)))
            raise ValueError(f"{where}: {error.ename}: {message}") from error
        except OSError as error:
            error.filename = error.filename or str(folder)  # where Jupyter writes
            raise
        except RuntimeError as error:  # nbclient's DeadKernelError, and no answer at the start
            raise ValueError(f"{path}: its Python process came to no end: {one_line(error)}") from error


def render(notebook: nbformat.NotebookNode) -> str:
    """The notebook's texts and the HTML that its cells return, as HTML; no code, no prompts, no streams.

    What a cell printed goes to stderr: it may hold times and paths.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            streams = [output for output in cell.outputs if output.output_type == "stream"]
            print("".join(output.text for output in streams), end="", file=sys.stderr)
            cell.outputs = [output for output in cell.outputs if output.output_type != "stream"]
    with _private_settings():  # a template of the same name in the user's folders would be taken for nbconvert's
        exporter = HTMLExporter(
            template_name="basic",
            exclude_input=True,
            exclude_input_prompt=True,
            exclude_output_prompt=True,
            exclude_anchor_links=True,
        )
        body, _ = exporter.from_notebook_node(notebook)
    return str(body)


def title(notebook: nbformat.NotebookNode) -> str:
    """The notebook's first heading."""
    for cell in notebook.cells:
        for line in cell.source.splitlines():
            if cell.cell_type == "markdown" and line.startswith("# "):
                return str(line[2:].strip())
    raise ValueError("the notebook has no heading: its first cell begins with `# ` and the page's title")


def _heading(notebook: nbformat.NotebookNode, index: int) -> str:
    """The last heading above a cell, to find it by."""
    lines = [
        line
        for cell in notebook.cells[:index]
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("#")
    ]
    return f" (below {lines[-1].lstrip('#').strip()!r})" if lines else ""


@contextmanager
def _private_settings() -> Iterator[Path]:
    """Jupyter's and IPython's folders in a temporary place, so that profiles, histories, other kernels named python3
    and start-up files of the user change nothing, and the checkout's code first; afterwards all is as before.

    Yields the temporary folder, in which the kernel's sockets lie.
    """
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        for name in USER_SETTINGS:
            os.environ.pop(name, None)
        os.environ["JUPYTER_RUNTIME_DIR"] = folder
        for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
            os.environ[name] = str(Path(folder) / name.lower())
        # IPython puts the current folder behind PYTHONPATH; the checkout's own code has to come first.
        os.environ["PYTHONPATH"] = os.pathsep.join([str(Path.cwd()), *filter(None, [os.environ.get("PYTHONPATH")])])
        # The debugger, which nobody attaches, would otherwise warn on stderr.
        os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
        try:
            yield Path(folder)
        finally:
            os.environ.clear()
            os.environ.update(before)
