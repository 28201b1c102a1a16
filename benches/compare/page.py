"""The measured tables, as Markdown between two marks of `docs/performance.md`."""

BEGIN = "<!-- figures: written by `make bench` -->"
END = "<!-- end of figures -->"


def table(header, rows):
    """A Markdown table; the first column is text."""
    line = lambda cells: "| " + " | ".join(cells) + " |"
    return "\n".join([line(header), line(["---"] + ["---:"] * (len(header) - 1)), *map(line, rows)])


def replace(path, figures):
    """Puts the figures between the marks."""
    text = path.read_text(encoding="utf-8")
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise RuntimeError(f"{path} has no marks to put the figures between")
    path.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", encoding="utf-8")
