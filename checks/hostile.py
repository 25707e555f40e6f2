"""A home folder as users have them: with settings of every program that reads one, each of which could change a result.

matplotlib's, Jupyter's, IPython's, pip's and Git's own files, and Python's variables. "The same bytes" must hold
whatever lies there.
"""

from pathlib import Path

FILES = {
    ".config/matplotlib/matplotlibrc": "font.size: 23\naxes.prop_cycle: cycler(color=['k'])\nsavefig.dpi: 51\n",
    "matplotlibrc": "figure.facecolor: red\n",
    ".jupyter/jupyter_nbconvert_config.py": (
        "c.HTMLExporter.exclude_input = False\nc.TemplateExporter.exclude_markdown = True\n"
    ),
    ".jupyter/jupyter_config.py": "c.KernelManager.transport = 'nothing'\n",
    ".local/share/jupyter/nbconvert/templates/basic/index.html.j2": "another page",
    ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"], "display_name": "x", "language": "x"}',
    ".ipython/profile_default/startup/00.py": "raise SystemExit('a startup file ran')\n",
    ".ipython/profile_default/ipython_config.py": "c.InteractiveShell.ast_node_interactivity = 'all'\n",
    ".config/pip/pip.conf": "[global]\nuser = true\nrequire-virtualenv = true\n",
    ".gitconfig": (
        "[core]\n\thooksPath = hooks\n\tautocrlf = true\n[commit]\n\tgpgSign = true\n[user]\n\tsigningKey = nobody\n"
        "[init]\n\ttemplateDir = nowhere\n"
    ),
    "startup.py": "raise SystemExit('PYTHONSTARTUP ran')\n",
}
UMASK = 0o077


def furnish(home: Path) -> dict[str, str]:
    """Write these files into a home; the variables that go with it."""
    for name, text in FILES.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return {
        "PYTHONSTARTUP": str(home / "startup.py"),
        "PYTHONIOENCODING": "ascii",
        "PYTHONHASHSEED": "7",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
        "MPLBACKEND": "svg",
        "JUPYTER_PATH": str(home / ".local/share/jupyter"),
    }
