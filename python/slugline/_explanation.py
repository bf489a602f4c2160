"""What a classifier answers, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """The answer for one text.

    Attributes
    ----------
    label : object
        The most likely class; "other" where the text is about none of them.
    probability : float
        Its probability.
    probabilities : dict
        The probability of each class; they sum to 1.
    recognised : int
        How many terms of the text the model knows, repeats included. 0: the answer is the model's
        guess before reading.
    shares : dict
        The share of the text that speaks of each class: the weights of the mixture of the classes'
        term distributions that explains the text best. They sum to 1.
    evidence : float
        How much better that mixture explains the text than the background does, in nats for each
        term.
    other : bool
        Whether the text is about none of the classes: the model has a limit of the evidence, and
        the text's is below it.
    """

    label: Any
    probability: float
    probabilities: dict[Any, float]
    recognised: int
    shares: dict[Any, float]
    evidence: float
    other: bool


@dataclass(frozen=True)
class Reason:
    """One term's part in a score.

    Attributes
    ----------
    term : str
        The term, as the analysis makes it (folded, stemmed).
    count : int
        How often it stands in the text.
    contribution : float
        Above 0: it argues for the label; below 0: against it.
    spans : list of (int, int)
        Where it stands: ``text[start:end]``.
    """

    term: str
    count: int
    contribution: float
    spans: list[tuple[int, int]]


@dataclass(frozen=True)
class Explanation:
    """Why a text is, or is not, of a class.

    The score is how far the joint log-likelihood of the class lies above that of the alternative:
    ``score = bias + sum(reason.contribution for reason in reasons)``.

    Attributes
    ----------
    text : str
        The text.
    label : object
        The class that is explained.
    versus : object or None
        The class that it is compared with; None: the average of all others.
    score : float
        The sum of bias and contributions.
    bias : float
        What the model thinks before reading.
    reasons : list of Reason
        The known terms, strongest argument (for or against) first.
    """

    text: str
    label: Any
    versus: Any
    score: float
    bias: float
    reasons: list[Reason]

    def to_text(self, top: int = 10) -> str:
        """Return the strongest arguments as a table of text.

        Parameters
        ----------
        top : int, default=10
            How many terms for and how many against are shown.

        Returns
        -------
        str
            One line for each term: contribution, a bar, the term, how often it occurs.
        """
        lines = [self._headline()]
        strongest = max((abs(reason.contribution) for reason in self.reasons), default=0.0)
        for title, reasons in (("for", self._for()), ("against", self._against())):
            shown = reasons[:top]
            if shown:
                lines.append(f"{title}:")
            for reason in shown:
                bar = "█" * max(1, round(12 * abs(reason.contribution) / strongest))
                times = f" ×{reason.count}" if reason.count > 1 else ""
                lines.append(f"  {reason.contribution:+8.3f}  {bar:<12}  {reason.term}{times}")
            if len(reasons) > top:
                lines.append(f"  … and {len(reasons) - top} more")
        if not self.reasons:
            lines.append("no word of this text is known to the model")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        """The text with its telling words highlighted, for notebooks."""
        weights = self._weights()
        strongest = max((abs(weight) for weight in weights), default=0.0) or 1.0
        parts = []
        for start, end, weight in _runs(weights):
            piece = escape(self.text[start:end]).replace("\n", "<br>")
            if weight == 0.0:
                parts.append(piece)
                continue
            colour = "46, 125, 50" if weight > 0 else "198, 40, 40"
            style = f"background: rgba({colour}, {0.1 + 0.5 * abs(weight) / strongest:.2f})"
            parts.append(f'<span style="{style}" title="{weight:+.3f}">{piece}</span>')
        rows = "".join(
            f'<tr><td style="text-align: right">{reason.contribution:+.3f}</td>'
            f'<td style="text-align: left">{escape(reason.term)}</td><td>{reason.count}</td></tr>'
            for reason in [*self._for()[:10], *self._against()[:10]]
        )
        return (
            f"<div><p><b>{escape(self._headline())}</b></p>"
            f'<p style="line-height: 1.6">{"".join(parts)}</p>'
            "<details><summary>strongest terms</summary><table><thead><tr><th>contribution</th>"
            f"<th>term</th><th>count</th></tr></thead><tbody>{rows}</tbody></table></details></div>"
        )

    def _headline(self) -> str:
        other = "the average of the others" if self.versus is None else str(self.versus)
        return f"{self.label} against {other}: {self.score:+.3f} (before reading {self.bias:+.3f})"

    def _for(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.contribution > 0]

    def _against(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.contribution < 0]

    def _weights(self) -> list[float]:
        """What stands at each character: the sum of the terms that cover it."""
        weights = [0.0] * len(self.text)
        for reason in self.reasons:
            for start, end in reason.spans:
                for at in range(start, end):
                    weights[at] += reason.contribution / len(reason.spans)
        return weights


def _runs(weights: list[float]) -> Iterator[tuple[int, int, float]]:
    """Stretches of the same weight."""
    start = 0
    for at in range(1, len(weights) + 1):
        if at == len(weights) or weights[at] != weights[start]:
            yield start, at, weights[start]
            start = at
