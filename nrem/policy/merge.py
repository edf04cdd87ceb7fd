"""One policy made from another: a part of the tree merged in, and what differs between two."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nrem.policy.params import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A setting that two policies have different values for, as JSON."""

    path: str
    before: object
    after: object


def merged(policy: Policy, changes: object) -> Policy:
    """The policy with the settings that a part of the tree names; all others stay as they are.

    null takes back what is optional; a list is replaced as a whole.
    Raises: PolicyError listing everything that is wrong with the outcome.
    """
    if not isinstance(changes, Mapping):
        return Policy.from_json(changes)
    return Policy.from_json(_merged(policy.to_json(), changes))


def _merged(tree: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """No deeper than the policy's own tree: what is no part of it is left to the reader."""
    outcome = dict(tree)
    for name, value in changes.items():
        here = outcome.get(name)
        is_part = isinstance(here, Mapping) and isinstance(value, Mapping)
        outcome[name] = _merged(here, value) if is_part else value  # type: ignore[arg-type]
    return outcome


def differences(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """What was set anew, by path."""
    return tuple(_differences(before.to_json(), after.to_json(), ""))


def _differences(before: object, after: object, path: str) -> Iterator[Difference]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name, value in before.items():
            yield from _differences(value, after[name], f"{path}.{name}" if path else str(name))
    elif before != after:
        yield Difference(path=path, before=before, after=after)
