"""What ``jobs/explain.py`` prints for people, made of the answer that ``--json`` prints."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from identity_spark.audit.explain import not_together as why_not_together
from identity_spark.audit.explain.answer import SHOWN

Answer = Mapping[str, Any]

NOTES = {
    "config_changed": "the configuration is not the one of that run; rules and limits are looked at as they are now",
    "too_large": "a cluster has more than 2,000 records, or too many pairs, to be looked at as a whole; only the pairs"
    " of the records asked about were read",
    "spanning": "match_pairs is spanning, so not every pair is listed: pairs that share a key of an exact rule are"
    " worked out from their values (keys of up to 200 records); others may be missing beside a bridge",
}
NOT_LISTED = " (shared key, not listed)"


def explanation_text(answer: Answer) -> str:
    if "record" in answer:
        lines = [*_one_record(answer)]
    else:
        lines = [*_header(answer), *(_together(answer) if answer["together"] else _apart(answer))]
    return "\n".join([*lines, *(f"  note: {NOTES[note]}" for note in answer["notes"])])


def _one_record(answer: Answer) -> Iterator[str]:
    record, profile = answer["record"], answer["profile"]
    yield f"{_record(record)}, run {answer['run_id']}"
    yield from _facts(record)
    yield (
        f"  {_count(profile['record_count'], 'record')}: {_sources(profile)}"
        if profile["complete"]
        else (f"  {_count(profile['record_count'], 'record')}")
    )
    if profile["other_records"]:
        more = profile["record_count"] - 1 - len(profile["other_records"])
        yield f"  with {', '.join(profile['other_records'])}{f' and {more:,} more' if more else ''}"
    yield from _list(f"held by {_count(answer['pair_count'], 'pair')}", answer["pairs"], _pair_lines)
    yield from _list(f"refused: {_count(len(answer['refused']), 'pair')}", answer["refused"], _refused_lines)
    if profile["bridges"]:
        title = f"bridges, pairs without which it falls apart: {profile['bridge_count']:,}"
        yield from _list(title, profile["bridges"], _cut_lines, profile["bridge_count"])
    if weakest := profile["weakest_link"]:
        yield "  its weakest link"
        yield from _cut_lines(weakest)


def _header(answer: Answer) -> Iterator[str]:
    for record in answer["records"]:
        yield f"{_record(record)}, run {answer['run_id']}"
        yield from _facts(record)


def _together(answer: Answer) -> Iterator[str]:
    if answer["chain"] is None:
        yield "  together; the chain of pairs between them was not looked for"
        return
    held_back = "" if answer["records"][0]["dinmo_id"] else " in a cluster that is held back"
    yield f"  together{held_back}, by a chain of {_count(len(answer['chain']), 'pair')}"
    for pair in answer["chain"]:
        yield from _pair_lines(pair)
    yield "  its weakest link"
    yield from _pair_lines(answer["weakest_link"])
    without = answer["without_weakest"]
    if without["chain"] is None:
        larger, smaller = without["sizes"]
        yield f"  without that: none, it would fall apart into {larger:,} and {_count(smaller, 'record')}"
    else:
        yield f"  without that: a chain of {_count(len(without['chain']), 'pair')}"
        for pair in without["chain"]:
            yield from _pair_lines(pair)


def _apart(answer: Answer) -> Iterator[str]:
    yield "  not together"
    for entry in answer["shared_set_apart"]:
        yield f"  both hold the same {_set_apart(entry)}, which takes no part in matching"
    for rule in answer["rules"]:
        yield f"    {rule['rule']}: {_verdict(rule)}"
    between = answer["refused"]
    yield from _list(f"refused between their profiles: {_count(len(between), 'pair')}", between, _refused_lines)
    if answer["limits"] is None:
        yield "  limits that they would break together were not looked at"
    for limit in answer["limits"] or ():
        yield f"  together they would break {limit['limit']} ({limit['detail']})"


def _verdict(rule: Answer) -> str:
    reasons = [_lacking(entry) for entry in rule["lacking"]]
    if rule["verdict"] == why_not_together.REFUSED:
        return f"joins them, refused by {rule['refused_by']}"
    if rule["verdict"] == why_not_together.NOT_APPLICABLE:
        return f"does not apply: {', '.join(reasons)}"
    if rule["verdict"] == why_not_together.CRITERION_FAILED:
        known = [_criterion(c) for c in rule["criteria"] if c["similarity"] is not None]
        return f"fails: {', '.join([*known, *reasons])}"
    if rule["verdict"] == why_not_together.BLOCK_SKIPPED:
        sizes = ", ".join(f"{n:,}" for n in rule["block_records"])
        return (
            f"not compared: their block has {sizes} records, more than max_block_records {rule['max_block_records']:,}"
        )
    return "holds now, and the run lists no such pair: the configuration changed, or their key was cut at another pair"


def _criterion(criterion: Answer) -> str:
    threshold = "" if criterion["threshold"] is None else f" {criterion['threshold']}"
    values = f" {_values(criterion)}" if "left_value" in criterion else ""
    outcome = "holds" if criterion["holds"] else "does not match"
    return (
        f"{criterion['identifier']} {criterion['match']}{threshold} {outcome} ({criterion['similarity']:.2f}){values}"
    )


def _lacking(entry: Answer) -> str:
    if entry["identifier"] is None:
        return f"{entry['record_key']} is of no source of the rule"
    why = "" if entry["why"] == "missing" else f" ({entry['why']})"
    return f"{entry['record_key']} has no usable {entry['identifier']}{why}"


def _record(record: Answer) -> str:
    place = f"profile {record['dinmo_id']}" if record["dinmo_id"] else f"would be in {record['candidate_dinmo_id']}"
    return f"{record['record_key']}: {record['status']}, {place}"


def _facts(record: Answer) -> Iterator[str]:
    for reason in record["unresolved"]:
        yield f"  unresolved, {reason['reason']}: {reason['detail']}"
    if record["set_apart"]:
        yield f"  set apart: {', '.join(map(_set_apart, record['set_apart']))}"
    if record["older_duplicates"]:
        yield f"  {_count(record['older_duplicates'], 'older record')} of this key set aside (duplicate_primary_key)"


def _set_apart(entry: Answer) -> str:
    value = f' "{entry["value"]}"' if "value" in entry else ""
    return f"{entry['identifier']}{value} ({entry['reason']})"


def _list(title: str, entries: Sequence[Answer], lines: Any, count: int | None = None) -> Iterator[str]:
    """The first entries below their title; nothing where there are none."""
    if entries:
        yield f"  {title}"
    for entry in entries[:SHOWN]:
        yield from lines(entry)
    if (more := (len(entries) if count is None else count) - len(entries[:SHOWN])) > 0:
        yield f"    ... and {more:,} more"


def _pair_lines(pair: Answer) -> Iterator[str]:
    yield f"    {pair['left_record_key']} - {pair['right_record_key']}"
    for link in pair["links"]:
        yield f"      {link['rule']}: {_evidence(link['evidence'])}{'' if link['listed'] else NOT_LISTED}"


def _cut_lines(cut: Answer) -> Iterator[str]:
    yield from _pair_lines(cut)
    if cut["sizes"] is None:
        yield "      other pairs, none of them stronger, would hold the same records together"
        return
    larger, smaller = cut["sizes"]
    disagreement = f"; the halves share no {', '.join(cut['disagreement'])}" if cut["disagreement"] else ""
    yield f"      holds {larger:,} and {_count(smaller, 'record')} together{disagreement}"


def _refused_lines(row: Answer) -> Iterator[str]:
    yield f"    {row['left_record_key']} - {row['right_record_key']}"
    yield f"      {row['rule']}: refused by {row['refused_by']}; {_evidence(row['evidence'])}"


def _evidence(evidence: Sequence[Answer]) -> str:
    return ", ".join(_entry(entry) for entry in evidence)


def _entry(entry: Answer) -> str:
    similarity = "" if entry["similarity"] is None else f" {entry['similarity']:.2f}"
    values = f" {_values(entry)}" if "left_value" in entry else ""
    return f"{entry['identifier']} {entry['match']}{similarity}{values}"


def _values(entry: Answer) -> str:
    left, right = entry["left_value"], entry["right_value"]
    return f'"{left}"' if left == right else f'"{left}" and "{right}"'


def _sources(profile: Answer) -> str:
    return ", ".join(f"{source} {count:,}" for source, count in profile["sources"].items())


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
