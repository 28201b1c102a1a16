"""What is aimed at, and whether it was reached."""

from dataclasses import dataclass

from compare import page


@dataclass(frozen=True)
class Target:
    """One line of the table. An ambition that is missed is told, and fails nothing."""

    what: str
    wanted: str
    measured: str
    is_met: bool
    is_ambition: bool = False


def at_most(what, limit, measured, unit="", is_ambition=False):
    """A target for what should be small."""
    return Target(what, f"≤ {limit:g}{unit}", f"{measured:.3g}{unit}", measured <= limit, is_ambition)


def at_least(what, limit, measured, unit="", is_ambition=False):
    """A target for what should be large."""
    return Target(what, f"≥ {limit:g}{unit}", f"{measured:.3g}{unit}", measured >= limit, is_ambition)


def table(targets):
    """All of them as Markdown."""
    words = {(True, False): "yes", (True, True): "yes", (False, False): "**no**", (False, True): "not yet"}
    rows = [(target.what, target.wanted, target.measured, words[target.is_met, target.is_ambition])
            for target in targets]
    return page.table(("target", "wanted", "measured", "met"), rows)


def missed(targets):
    """Those that fail a run."""
    return [target.what for target in targets if not target.is_met and not target.is_ambition]
