"""`python -m pipeline.demo`: a page on this computer alone, where one's own pictures are translated."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.shell.app import app

TITLE = "Your own picture, any mixture"
ABOUT = (
    "One network translates the picture to any mixture of what it was trained for. The sliders keep their sum at 1. "
    "Nothing leaves this computer."
)


def demo(
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Of the page.")] = 7860,
    browser: Annotated[bool, typer.Option(help="Open the page.")] = True,
) -> None:
    """Translate your own pictures with sliders, in the browser. Ends with Ctrl-C."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    try:
        import gradio  # noqa: F401  (only the demo's environment has it)
    except ModuleNotFoundError:
        raise ValueError("Gradio is not here: `make demo` installs it beside the pipeline and starts this") from None
    from pipeline.demo import work
    from pipeline.translate import weights

    known = weights.known()
    if not known:
        raise ValueError("there is no model: `make repro` trains them")
    page = built(work.Models(known))
    try:
        page.launch(
            server_name="127.0.0.1",
            server_port=port,
            inbrowser=browser,
            share=False,
            max_file_size=work.LARGEST_FILE,
            quiet=True,
            footer_links=[],
            theme=theme(),
            prevent_thread_lock=True,
        )
    except OSError:
        raise ValueError(f"port {port} is taken: choose another with --port") from None
    print(f"http://127.0.0.1:{port}  (Ctrl-C ends it)", flush=True)
    page.block_thread()


def theme() -> Any:
    """Gradio's own, with the computer's fonts: it would ask a server for others."""
    import gradio as gr

    return gr.themes.Default(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])


def built(models: Any) -> Any:
    """The page: a model, a picture, a slider for each objective, a translation and a film."""
    import gradio as gr

    from pipeline.demo import sliders

    first = next(iter(models.known))

    def labelled(name: str, values: list[float]) -> list[Any]:
        names = models.names(name)
        shown = sliders.padded(values)
        return [
            gr.Slider(label=names[i] if i < len(names) else "", value=round(shown[i], 3), visible=i < len(names))
            for i in range(sliders.MOST)
        ]

    def chosen(name: str) -> list[Any]:
        return labelled(name, [1.0] + [0.0] * (len(models.names(name)) - 1))

    def drawn(name: str) -> list[Any]:
        return labelled(name, sliders.drawn(len(models.names(name))))

    def moved(changed: int, name: str, *values: float) -> list[Any]:
        return labelled(name, sliders.kept(values[: len(models.names(name))], changed))

    def translated(name: str, source: str | None, *values: float) -> str:
        S = values[: len(models.names(name))]
        return str(_one_line(lambda: models.picture(name, _picture(source), S)))

    def filmed(name: str, source: str | None, progress: Any = gr.Progress()) -> str:  # noqa: B008  (Gradio's way)
        return str(_one_line(lambda: models.film(name, _picture(source), lambda done, of: progress((done, of)))))

    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        gr.Markdown(f"# {TITLE}\n\n{ABOUT}")
        with gr.Row():
            with gr.Column():
                name = gr.Dropdown(list(models.known), value=first, label="Model")
                source = gr.Image(type="filepath", label="Your picture", sources=["upload", "clipboard"])
                weights = [gr.Slider(0, 1, step=0.01) for _ in range(sliders.MOST)]
                with gr.Row():
                    go, random, travel = (
                        gr.Button("Translate", variant="primary"),
                        gr.Button("Random S"),
                        gr.Button("Film"),
                    )
            with gr.Column():
                output = gr.Image(
                    type="filepath",
                    label="Translation",
                    format="png",
                    interactive=False,
                    buttons=["download", "fullscreen"],
                )
                film = gr.Video(label="S from corner to corner", interactive=False)
        translate = {"fn": translated, "inputs": [name, source, *weights], "outputs": output}
        page.load(chosen, name, weights, api_visibility="private")
        name.change(chosen, name, weights, api_visibility="private")
        for i, slider in enumerate(weights):
            slider.release(
                lambda *given, i=i: moved(i, *given), [name, *weights], weights, api_visibility="private"
            ).then(**translate, api_visibility="private")
        random.click(drawn, name, weights, api_name="random").then(**translate, api_visibility="private")
        go.click(**translate, api_name="translate")
        travel.click(filmed, [name, source], film, api_name="film")
    page.queue(max_size=4, default_concurrency_limit=1)
    return page


def _picture(source: str | None) -> Path:
    if source is None:
        raise ValueError("choose a picture first")
    return Path(source)


def _one_line(make: Any) -> Any:
    """What `make` gives; what a user can do wrong is a line on the page."""
    import gradio as gr

    from pipeline.shell.command import one_line

    try:
        return make()
    except (ValueError, OSError) as error:
        raise gr.Error(one_line(error), print_exception=False) from None


if __name__ == "__main__":
    app(demo)(prog_name="python -m pipeline.demo")
