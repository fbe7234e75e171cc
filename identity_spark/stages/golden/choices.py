"""What is chosen together for a golden record, a field or a group of fields, as expressions over records."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from pyspark.sql import Column, DataFrame, WindowSpec
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType

from identity_spark.config import Config, GoldenField
from identity_spark.config.types import TYPES
from identity_spark.expressions.survivorship import (
    PLACE,
    Ranking,
    best_of_record,
    giver_at,
    is_recent,
    permission,
    ranking,
    winner,
)
from identity_spark.schemas import WRITTEN

INVALID = "invalid__"  # the column of a record's values without canonical form
VALID = "__valid"  # suffix: whether the value has a canonical form, where others may stand in


@dataclass(frozen=True)
class Shown:
    """A golden field in the frame of records: its canonical column ``name``, and the ``column`` that it shows."""

    name: str
    column: str
    is_identifier: bool
    is_array: bool  # of an identifier: a record may have several values; of another field: the array is one value

    @property
    def has_several(self) -> bool:
        return self.is_array and self.is_identifier

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys([self.column, self.name]))

    def at(self, column: str, position: Column) -> Column:
        return F.get(column, position) if self.has_several else F.col(column)


@dataclass(frozen=True)
class Choice:
    """Fields chosen together by the settings ``rule`` that they share; ``number`` names the columns they work with.

    No field has two underscores in its name, so that those columns never meet one.
    """

    number: int
    rule: GoldenField
    fields: tuple[Shown, ...]
    is_numeric: bool  # numbers in text
    some_sources: bool  # whether only the records of some sources count
    today: date

    @property
    def values(self) -> str:
        """The column of all the values of a profile."""
        return f"values__{self.number}"

    @property
    def candidate(self) -> str:
        """The column that tells whether the record is a candidate."""
        return f"candidate__{self.number}"

    @property
    def winner(self) -> str:
        """The column of the place of the winner."""
        return f"winner__{self.number}"

    @property
    def last(self) -> str:
        """The column of the place of the last candidate."""
        return f"last__{self.number}"

    @property
    def kept(self) -> str:
        """The column of what is collected."""
        return f"kept__{self.number}"

    def candidate_column(self, name: str) -> str:
        """The column of the candidate's value of its column ``name``: that itself, where a record has one value."""
        return f"candidate__{name}" if name in self._several else name

    @property
    def candidate_columns(self) -> list[str]:
        """The columns of the candidate's values, as a golden record shows them."""
        return [self.candidate_column(name) for name in self.columns_shown]

    @property
    def places(self) -> list[str]:
        """The columns of ``winners``."""
        return [self.winner, self.last] if self.restricts else [self.winner]

    @property
    def _several(self) -> list[str]:
        return [column for field in self.fields if field.has_several for column in field.columns]

    @property
    def valid(self) -> str:
        """The column that tells values with a canonical form from those that stand in."""
        return self.fields[0].name + VALID

    @property
    def is_group(self) -> bool:
        return self.rule.group is not None

    @property
    def collects(self) -> bool:
        return self.rule.strategy == "collect"

    @property
    def restricts(self) -> bool:
        return self.rule.strategy == "most_restrictive"

    @property
    def looks_at_all(self) -> bool:
        return self.rule.strategy in ("collect", "most_frequent")

    @property
    def columns(self) -> list[str]:
        """The columns of a record that it takes to choose."""
        return self.columns_shown + ([] if self.rule.valid_only else [self.valid])

    @property
    def columns_shown(self) -> list[str]:
        """Those of the values and their canonical forms, each once."""
        return list(dict.fromkeys(column for field in self.fields for column in field.columns))

    def is_candidate(self) -> Column:
        """Whether the record counts here and has a value; of a group, any of them."""
        known = F.expr(" OR ".join(f"`{field.column}` IS NOT NULL" for field in self.fields))
        if self.some_sources:
            known = known & F.col("source").isin(*self.rule.sources)
        if self.rule.max_age_days is not None:
            known = known & is_recent(self.rule.max_age_days, F.lit(self.today))
        return known

    def values_of_record(self) -> Column:
        """array: what the record adds to all the values of its profile; null where it is no candidate."""
        field = self.fields[0]
        if self.is_group:
            values = F.array(F.struct(*(f.at(f.name, F.lit(0)).alias(f.name) for f in self.fields)))
        elif not self.collects:
            values = F.col(field.name) if field.has_several else F.array(field.name)
        elif field.is_array:
            values = F.zip_with(field.column, field.name, _entry)
            values = F.filter(values, lambda entry: entry["value"].isNotNull())
        else:
            values = F.array(_entry(F.col(field.column), F.col(field.name)))
        return F.when(self.is_candidate(), values)

    def candidate_values(self) -> dict[str, Column]:
        """A candidate's values by the column they come from: of each field, and its canonical form."""
        field, position = self.fields[0], F.lit(0)
        if field.has_several and not self.is_group:
            position = best_of_record(self.rule.strategy, F.col(field.column), F.col(field.name), self._ranking())
        return {column: f.at(column, position) for f in self.fields for column in f.columns}

    def candidates(self) -> dict[str, Column]:
        """What a frame of all choices needs of a record: the values that have no column yet, and whether it is one."""
        several = {
            self.candidate_column(name): value
            for name, value in self.candidate_values().items()
            if name in self._several
        }
        return several | {self.candidate: self.is_candidate()}

    def winners(self, profile: WindowSpec) -> dict[str, Column]:
        """The places in the ``profile`` of the winner, and of a restricted value that of the last candidate."""
        is_candidate, strategy = F.col(self.candidate), self.rule.strategy
        if strategy == "last_non_null" and self.rule.valid_only and not self.is_group:
            return {self.winner: winner(is_candidate, profile)}
        last = {self.last: winner(is_candidate, profile)} if self.restricts else {}
        greatest = strategy == "max" and not self.is_group
        return last | {self.winner: winner(is_candidate, profile, self._rank(), greatest)}

    def given(self) -> Column:
        """How many values the record gives to its golden record."""
        values = " + ".join(f"int(`{self.candidate_column(field.column)}` IS NOT NULL)" for field in self.fields)
        return F.expr(f"if({self.winner} = {PLACE}, {values}, 0)")

    def giver(self) -> Column:
        """Of a profile with its ``GIVERS``: the one whose values win; null where there is no candidate."""
        return giver_at(self.winner)

    def winning_values(self) -> dict[str, Column]:
        """The winner's values, by the column they come from."""
        return {name: self.giver()[self.candidate_column(name)] for name in self.columns_shown}

    def widens(self) -> Column:
        """Whether the profile's last value says yes where the winner says no."""
        column = self.candidate_column(self.fields[0].column)
        says_yes, said_no = permission(giver_at(self.last)[column]) == 2, permission(self.giver()[column]) == 0
        return F.coalesce(says_yes & said_no, F.lit(False))

    def _rank(self) -> Column:
        if self.is_group:
            return self._rank_of_group()
        (field,) = self.fields
        rank = self._ranking()(F.col(self.candidate_column(field.column)), F.col(self.candidate_column(field.name)))
        if self.rule.valid_only:
            return rank
        comes_later = F.col(self.valid) if self.rule.strategy == "max" else ~F.col(self.valid)
        return F.struct(comes_later.alias("comes_later"), rank.alias("rank"))

    def _rank_of_group(self) -> Column:
        """Most parts known first, then by the strategy; what is longest is all parts together."""
        values = [F.col(self.candidate_column(f.column)) for f in self.fields]
        missing = reduce(Column.__add__, (value.isNull().cast("int") for value in values))
        together = F.concat_ws("", *(value.cast("string") for value in values))
        key = F.struct(*(F.col(self.candidate_column(f.name)).alias(f.name) for f in self.fields))
        return F.struct(missing.alias("missing"), self._ranking()(together, key).alias("rank"))

    def collected(self) -> Column:
        """array<struct<value, key>>: so many different values as are allowed, those of the best records."""
        different = F.array_distinct(F.coalesce(self.values, F.array()))
        return different if self.rule.max_values is None else F.slice(different, 1, self.rule.max_values)

    def _ranking(self) -> Ranking:
        return ranking(self.rule.strategy, self.rule.sources, self.values, self.is_numeric)


def choices(resolved: DataFrame, config: Config, today: date) -> list[Choice]:
    """Everything that the configuration wants chosen from the columns of ``resolved``."""
    types = {i.name: i.type for i in config.identifiers}
    found = []
    for number, together in enumerate(config.golden_choices):
        rule = together[0]
        fields = tuple(_shown(resolved, golden.name, types) for golden in together)
        is_numeric = all(field.name in types and TYPES[types[field.name]].is_number for field in fields)
        some_sources = rule.strategy != "source_priority" and len(rule.sources) < len(config.sources)
        found.append(Choice(number, rule, fields, is_numeric, some_sources, today))
    return found


def with_invalid(published: DataFrame, wanted: Sequence[Choice]) -> DataFrame:
    """``published`` where a value without canonical form stands in for a record that has no better one."""
    lenient = [choice for choice in wanted if not choice.rule.valid_only]
    if not lenient:
        return published
    is_invalid = F.filter("blocked", lambda entry: entry["reason"] == "invalid")
    invalid = F.when(F.size("blocked") > 0, is_invalid)  # few records have any, and a filter costs
    columns: dict[str, Column] = {}
    for choice in lenient:
        (field,) = choice.fields
        stand_in = F.when(F.size(INVALID) > 0, _stand_in(field))
        columns[choice.valid] = F.col(field.name).isNotNull()
        columns |= {column: F.coalesce(column, stand_in) for column in field.columns}
    return published.withColumn(INVALID, invalid).withColumns(columns).drop(INVALID)


def _stand_in(field: Shown) -> Column:
    """What the record has of the field among its ``INVALID`` entries; null if nothing."""
    entries = F.filter(INVALID, lambda entry: entry["identifier"] == field.name)
    texts = F.transform(entries, lambda entry: entry["value"])
    return F.when(F.size(texts) > 0, texts) if field.has_several else F.get(texts, F.lit(0))


def _shown(resolved: DataFrame, name: str, identifiers: Collection[str]) -> Shown:
    column = name + WRITTEN if name + WRITTEN in resolved.columns else name
    return Shown(name, column, name in identifiers, isinstance(resolved.schema[name].dataType, ArrayType))


def _entry(value: Column, key: Column) -> Column:
    return F.struct(value.alias("value"), key.alias("key"))
