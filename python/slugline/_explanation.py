"""Verdicts and explanations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from slugline._table import Table, html_table


@dataclass(frozen=True)
class Verdict(Table):
    """The result of classifying one text. It prints as a table, also in a notebook.

    Attributes
    ----------
    label : object
        The most likely class, or "other" if the text is about none of them.
    probability : float
        The probability of the most likely class.
    probabilities : dict
        The probability of each class; they sum to 1.
    recognised : int
        The number of known terms in the text, repeats included. If 0, the probabilities are those
        of any text.
    shares : dict
        The share of each class in the text (see ``TextClassifier.predict_shares``); they sum to 1.
    evidence : float
        The log-likelihood ratio of the classes to the background, in nats per term.
    other : bool
        Whether the text is about none of the classes: the model has a limit of the evidence, and
        the text's evidence is below it.
    """

    label: Any
    probability: float
    probabilities: dict[Any, float]
    recognised: int
    shares: dict[Any, float]
    evidence: float
    other: bool

    # It holds dicts.
    __hash__ = None  # type: ignore[assignment]

    @property
    def notes(self) -> list[str]:
        """Remarks on the answer, such as a largest share of another class."""
        found = []
        if self.other:
            found.append(_OF_OTHER.format(evidence=self.evidence))
        elif self.shares:
            largest = max(self.shares, key=self.shares.__getitem__)
            share = self.shares[self.label]
            if self.shares[largest] > share:
                found.append(
                    f"the largest share is that of {largest} ({self.shares[largest]:.2f}; "
                    f"{self.label} {share:.2f}), but the text as a whole is most likely about "
                    f"{self.label}: a share says how much of the text is about a class, the "
                    "probability which class is the main one"
                )
        if not self.recognised:
            found.append(
                "no term of this text is known to the model: the probabilities are those of any "
                "text"
            )
        return found

    def to_dict(self) -> dict[str, list[Any]]:
        """Return a row per class, the most likely first.

        Returns
        -------
        dict of list
            The columns label, probability and share.
        """
        labels = self._labels()
        return {
            "label": labels,
            "probability": [self.probabilities[label] for label in labels],
            "share": [self.shares[label] for label in labels],
        }

    def __str__(self) -> str:
        labels = self._labels()
        width = max(len(str(label)) for label in labels)
        lines = [str(self.label), f"  {'':<{width}}  probability  share"]
        for label in labels:
            share = self.shares[label]
            bar = "█" * round(30 * share)
            row = f"  {label!s:<{width}}  {self.probabilities[label]:11.3f}   {share:.2f}  {bar}"
            lines.append(row.rstrip())
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        """The table, for notebooks."""
        columns = self.to_dict()
        rows = list(zip(*columns.values(), strict=True))
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        table = html_table(list(columns), rows)
        return f"<div><p><b>{escape(str(self.label))}</b></p>{table}{notes}</div>"

    def _labels(self) -> list[Any]:
        """The most likely class first; equals in their own order."""
        return sorted(self.probabilities, key=lambda label: -self.probabilities[label])


#: The remark on a text about none of the classes.
_OF_OTHER = "the text is about none of the classes (evidence {evidence:.3f})"


def verdict_of(
    answer: Any, labels: Sequence[Any], order: Any = None, own: int | None = None
) -> Verdict:
    """Return the verdict of the Rust side's answer.

    `order` is the position of each of the labels among their sorted names, and `own` that of the
    text's label among the labels; None where names and labels have the same order.
    """
    best, probabilities, recognised, shares, evidence, other = answer
    if order is not None:
        best = own
        probabilities = [probabilities[at] for at in order]
        shares = [shares[at] for at in order]
    return Verdict(
        "other" if other else labels[best],
        probabilities[best],
        dict(zip(labels, probabilities, strict=True)),
        recognised,
        dict(zip(labels, shares, strict=True)),
        evidence,
        other,
    )


@dataclass(frozen=True)
class Reason:
    """A term of the text, and its contribution to the score.

    Attributes
    ----------
    term : str
        The term after the analysis (lowercased, stemmed).
    count : int
        Number of occurrences in the text.
    contribution : float
        Contribution to the score: positive for the class, negative against it.
    spans : list of (int, int)
        The occurrences: ``text[start:end]``.
    """

    term: str
    count: int
    contribution: float
    spans: list[tuple[int, int]]

    # It holds a list.
    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Explanation:
    """The terms for and against a class of a text.

    The score is the joint log-likelihood of the class minus that of the alternative:
    ``score = bias + sum(reason.contribution for reason in reasons)``.

    Attributes
    ----------
    text : str
        The text.
    label : object
        The explained class.
    versus : object or None
        The class that it is compared with. None: the average of all others, or 0 if there are
        none.
    score : float
        The sum of bias and contributions.
    bias : float
        The score of a text without terms.
    reasons : list of Reason
        The known terms, sorted by absolute contribution, the largest first.
    verdict : Verdict or None
        The result of ``classify`` for the text.
    is_other : bool
        Whether that is "other": the text is about none of the classes.
    """

    text: str
    label: Any
    versus: Any
    score: float
    bias: float
    reasons: list[Reason]
    verdict: Verdict | None = None

    # It holds a list.
    __hash__ = None  # type: ignore[assignment]

    @property
    def is_other(self) -> bool:
        """Whether the text is about none of the classes."""
        return self.verdict is not None and self.verdict.other

    def to_text(self, top: int = 10) -> str:
        """Return the strongest terms as a table in plain text.

        Parameters
        ----------
        top : int, default=10
            Number of terms shown for the class, and number shown against it.

        Returns
        -------
        str
            One line per term: contribution, a bar, the term, its number of occurrences.
        """
        lines = [self._headline(), *(f"note: {note}" for note in self._notes())]
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
        if not self.reasons and self.verdict is None:
            lines.append("no term of this text is known to the model")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        """The text with its known terms highlighted, for notebooks."""
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
        notes = "".join(f"<p>{escape(note)}</p>" for note in self._notes())
        rows = "".join(
            f'<tr><td style="text-align: right">{reason.contribution:+.3f}</td>'
            f'<td style="text-align: left">{escape(reason.term)}</td><td>{reason.count}</td></tr>'
            for reason in [*self._for()[:10], *self._against()[:10]]
        )
        return (
            f"<div><p><b>{escape(self._headline())}</b></p>{notes}"
            f'<p style="line-height: 1.6">{"".join(parts)}</p>'
            "<details><summary>strongest terms</summary><table><thead><tr><th>contribution</th>"
            f"<th>term</th><th>count</th></tr></thead><tbody>{rows}</tbody></table></details></div>"
        )

    def _headline(self) -> str:
        other = "the average of the others" if self.versus is None else str(self.versus)
        first = "other; nearest: " if self.is_other else ""
        score = f"{self.score:+.3f} (bias {self.bias:+.3f})"
        if self.verdict is not None and len(self.verdict.probabilities) == 1:
            return f"{first}{self.label}, the only class: {score}"
        return f"{first}{self.label} against {other}: {score}"

    def _notes(self) -> list[str]:
        if self.verdict is None:
            return []
        if self.verdict.other or self.verdict.label == self.label:
            return self.verdict.notes
        return [f"the label of the text is {self.verdict.label}", *self.verdict.notes]

    def _for(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.contribution > 0]

    def _against(self) -> list[Reason]:
        return [reason for reason in self.reasons if reason.contribution < 0]

    def _weights(self) -> list[float]:
        """The weight of each character: the sum of the contributions of the terms that cover it."""
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
