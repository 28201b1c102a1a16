"""Cost against size on a log-log plot, as an SVG without any library."""

import math

WIDTH, HEIGHT, LEFT, BOTTOM, RIGHT, TOP = 720, 420, 70, 50, 170, 40
COLOURS = ("#0b6e4f", "#c8553d", "#3d5a98", "#8a6d1b", "#6b6b6b", "#7b3f8c")


def log_log(title, y_label, series, path):
    """`series` maps names to [(size, value)]."""
    points = [point for line in series.values() for point in line]
    x_from, x_to = (f(size for size, _ in points) for f in (min, max))
    y_from = 10 ** math.floor(math.log10(min(value for _, value in points)))
    y_to = 10 ** math.ceil(math.log10(max(value for _, value in points)))

    def place(size, value):
        return (LEFT + (WIDTH - LEFT - RIGHT) * _share(size, x_from, x_to),
                HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * _share(value, y_from, y_to))

    parts = [_text(LEFT, 15, title, size=15), _text(14, TOP - 10, y_label)]
    for power in range(round(math.log10(y_from)), round(math.log10(y_to)) + 1):
        x, y = place(x_from, 10 ** power)
        parts.append(f'<path d="M{x:.1f} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(_text(x - 8, y + 4, f"{10 ** power:g}", anchor="end"))
    for size in sorted({size for size, _ in points}):
        x, y = place(size, y_from)
        parts.append(f'<path d="M{x:.1f} {y:.1f}V{TOP}" stroke="#eee"/>')
        parts.append(_text(x, y + 20, _short(size), anchor="middle"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "rows and users", anchor="middle"))
    for label_at, (name, line) in zip(_label_places(series, place), series.items()):
        colour = COLOURS[list(series).index(name) % len(COLOURS)]
        spots = [place(*point) for point in line]
        track = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
        parts.append(f'<path d="M{track}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots]
        parts.append(_text(WIDTH - RIGHT + 10, label_at, name, colour=colour))
    body = "\n".join(parts)
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
                    f'font-family="sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="#fff"/>\n'
                    f"{body}\n</svg>\n")


def _label_places(series, place):
    """Beside the end of each line, moved apart where lines end close together."""
    ends = {name: place(*line[-1])[1] + 4 for name, line in series.items()}
    taken, places = [], {}
    for name in sorted(ends, key=ends.get):
        at = max([ends[name], *(other + 15 for other in taken)])
        taken.append(at)
        places[name] = at
    return [places[name] for name in series]


def _share(value, low, high):
    return (math.log10(value) - math.log10(low)) / (math.log10(high) - math.log10(low))


def _short(size):
    return f"{size // 1_000_000}M" if size >= 1_000_000 else f"{size // 1000}k"


def _text(x, y, text, size=12, anchor="start", colour="#222"):
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}">{text}</text>'
