"""Person names as people type them, generations and nicknames; the nicknames against the dataset they come from."""

import pytest
from chispa import assert_column_equality
from nicknames import NickNamer
from properties import assert_standardizer_properties, standardized
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from identity_spark.expressions import person_name
from identity_spark.reference import facts

FIRST_NAMES = [
    ("John", "john"),
    ("  JOHN\t", "john"),
    ("mary ann", "mary ann"),
    ("Mary-Ann", "mary ann"),
    ("Jean‐Luc", "jean luc"),
    ("Élodie", "elodie"),
    ("E\u0301lodie", "elodie"),
    ("JÜRGEN", "jurgen"),
    ("Łukasz", "lukasz"),
    ("Æthelred", "aethelred"),
    ("İbrahim", "ibrahim"),
    ("Ｊｏｈｎ", "john"),
    ("J.", "j"),
    ("J. R.", "j r"),
    ("J.R.", "j r"),
    ("D'Arcy", "darcy"),
    ("D’Arcy", "darcy"),
    ("Dr. John", "john"),
    ("Dr.John", "john"),
    ("Prof. Dr. Anna", "anna"),
    ("Mrs Mary", "mary"),
    ("Mr. & Mrs. John", "john"),
    ("Sr. Juan", "juan"),
    ("Herr Dipl.-Ing. Karl", "karl"),
    ("John Jr.", "john"),
    ("John, Jr", "john"),
    ("John III", "john"),
    ("John 3rd", "john"),
    ("John2", "john"),
    ("Dean", "dean"),
    ("Prince", "prince"),
    ("Major", "major"),
    ("Dr", "dr"),
    ("Mr.", "mr"),
    ("Dr. Prof.", "prof"),
    ("李小龍", "李小龍"),
    ("Ирина", "ирина"),
    ("ЙОСИП", "иосип"),
    ("Ἀθηνᾶ", "αθηνα"),
    ("अमित", "अमित"),
    ("محمد", "محمد"),
    ("Ann 😀", "ann"),
    ("Nguyễn", "nguyen"),
    ("unknown", None),
    ("N/A", None),
    ("n.a.", None),
    ("Na", "na"),
    ("None", None),
    ("xxx", None),
    ("-", None),
    ("???", None),
    ("123", None),
    ("test", None),
    ("First Name", None),
    ("first_name", None),
    ("Anonymous", None),
    ("", None),
    (" ", None),
    (None, None),
]
LAST_NAMES = [
    ("Smith", "smith"),
    ("O'Brien", "obrien"),
    ("O’Brien", "obrien"),
    ("O Brien", "obrien"),
    ("OBrien", "obrien"),
    ("D Angelo", "dangelo"),
    ("Mc Donald", "mcdonald"),
    ("McDonald", "mcdonald"),
    ("Garcia O Brien", "garcia obrien"),
    ("O D Angelo", "o d angelo"),
    ("Smith-Jones", "smith jones"),
    ("Smith Jr.", "smith"),
    ("Smith, Jr.", "smith"),
    ("Smith Sr", "smith"),
    ("Smith II", "smith"),
    ("Smith jnr jnr", "smith"),
    ("Smith Jr PhD", "smith"),
    ("Smith, Ph.D.", "smith"),
    ("Smith, M.D.", "smith m d"),
    ("Smith Esq.", "smith"),
    ("Dr Dr Smith", "smith"),
    ("van der Berg", "van der berg"),
    ("De La Cruz", "de la cruz"),
    ("Müller", "muller"),
    ("Großmann", "grossmann"),
    ("GROSSMANN", "grossmann"),
    ("Sørensen", "sorensen"),
    ("Þórsdóttir", "thorsdottir"),
    ("King", "king"),
    ("Junior", "junior"),
    ("III", "iii"),
    ("Ng", "ng"),
    ("Ma", "ma"),
    ("Do", "do"),
    ("X", "x"),
    ("Оленко-Бойко", "оленко боико"),
    ("田中", "田中"),
    ("김", "김"),
    ("Last Name", None),
    ("unbekannt", None),
    ("Smith (née Jones)", "smith nee jones"),
    ('Smith "Smitty"', "smith smitty"),
]
FULL_NAMES = [
    ("John Smith", "john smith"),
    ("Smith, John", "john smith"),
    ("SMITH,JOHN", "john smith"),
    ("Smith ,  John Q.", "john q smith"),
    ("Smith, Jr.", "smith"),
    ("John Smith, Jr.", "john smith"),
    ("Smith, John, Jr.", "john smith"),
    ("Smith Jr., John", "john smith"),
    ("Smith, Jr., John", "john smith"),
    ("Smith, John Jr.", "john smith"),
    ("John Smith 3rd", "john smith"),
    ("John Smith, 3rd", "john smith"),
    ("John Smith, PhD, MBA", "john smith"),
    ("Dr. John Smith", "john smith"),
    ("Smith, Dr. John", "john smith"),
    ("Dr. Smith, John", "john smith"),
    ("Smith, Mr", "smith"),
    ("Mr. and Mrs. John Smith", "john smith"),
    ("Dean King", "dean king"),
    ("Ludwig van Beethoven", "ludwig van beethoven"),
    ("van Beethoven, Ludwig", "ludwig van beethoven"),
    ("García Márquez, Gabriel", "gabriel garcia marquez"),
    ("O'Brien, Sean", "sean obrien"),
    ("Smith, ", "smith"),
    ("Smith， John", "john smith"),
    ("J. R. R. Tolkien", "j r r tolkien"),
    ("Иванов, Иван", "иван иванов"),
    ("Jr., Smith", "smith"),
    ("Smith, John, Acme", "john smith acme"),
    ("Test User", None),
    ("User, Test", None),
    ("Test Test", None),
    (",", None),
    ("N/A", None),
]
GENERATIONS = [
    ("John Smith Jr.", "jr"),
    ("Smith, Jr.", "jr"),
    ("Smith Jr, John", "jr"),
    ("Smith, John Jnr", "jr"),
    ("SMITH JUNIOR", "jr"),
    ("Smith Sr.", "sr"),
    ("Smith, senior", "sr"),
    ("Smith II", "ii"),
    ("Smith 2nd", "ii"),
    ("Smith III", "iii"),
    ("Smith 3rd", "iii"),
    ("Smith iv", "iv"),
    ("Smith Jr., PhD", "jr"),
    ("Ｓｍｉｔｈ　Ｊｒ", "jr"),
    ("Sr. Juan Perez", None),
    ("Junior", None),
    ("Jr.", None),
    ("Smith", None),
    ("Hajrudin Bajric", None),
    ("", None),
    (None, None),
]
TOKENS = [
    ("john smith", "john", "smith"),
    ("john q smith", "john", "smith"),
    ("ludwig van beethoven", "ludwig", "van beethoven"),
    ("maria de la cruz", "maria", "de la cruz"),
    ("van morrison", "van", "morrison"),
    ("madonna", "madonna", None),
    ("李小龍", "李小龍", None),
    (None, None, None),
]
ROOTS = [
    ("bill", "william"),
    ("william", "william"),
    ("willie", "william"),
    ("bob", "robert"),
    ("liz", "elizabeth"),
    ("kate", "katherine"),
    ("catherine", "katherine"),
    ("chris", "christopher"),
    ("mary", "mary"),
    ("xiomara", "xiomara"),
    (None, None),
]
SAME = [
    ("bill", "william"),
    ("liz", "elizabeth"),
    ("bob", "rob"),
    ("peggy", "margaret"),
    ("kate", "kathy"),
    ("mike", "michael"),
]
DIFFERENT = [
    ("bill", "robert"),
    ("william", "robert"),
    ("john", "james"),
    ("xiomara", "xenia"),
    ("mary", None),
    (None, None),
]


@pytest.mark.parametrize(
    ("standardize", "cases"),
    [
        (person_name.standardize_first_name, FIRST_NAMES),
        (person_name.standardize_last_name, LAST_NAMES),
        (person_name.standardize_full_name, FULL_NAMES),
        (person_name.generation, GENERATIONS),
        (person_name.nickname_root, ROOTS),
        (person_name.first_token, [(name, first) for name, first, _ in TOKENS]),
        (person_name.last_token, [(name, last) for name, _, last in TOKENS]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_name_is_canonical_or_null(spark: SparkSession, standardize, cases) -> None:
    values = spark.createDataFrame(cases, "raw string, expected string")
    assert_column_equality(values.withColumn("actual", standardize(F.col("raw"))), "actual", "expected")


@pytest.mark.parametrize(
    ("standardize", "cases"),
    [
        (person_name.standardize_first_name, FIRST_NAMES),
        (person_name.standardize_last_name, LAST_NAMES),
        (person_name.standardize_full_name, FULL_NAMES),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_standardizers_hold_the_properties(spark: SparkSession, standardize, cases) -> None:
    assert_standardizer_properties(spark, standardize, samples=[raw for raw, expected in cases if expected])


def test_affixes_in_any_order_and_number_leave_a_stable_name(spark: SparkSession) -> None:
    pieces = [
        "dr ",
        "mr and mrs ",
        "sr ",
        "jr ",
        "Jr., ",
        "iii ",
        "2nd ",
        "ph.d. ",
        "o ",
        "mc ",
        "d ",
        "van ",
        "x, ",
        "smith ",
    ]
    values = [first + second + third for first in pieces for second in pieces for third in pieces]
    for standardize in (
        person_name.standardize_first_name,
        person_name.standardize_last_name,
        person_name.standardize_full_name,
    ):
        names = standardized(spark, standardize, values)
        assert sum(map(bool, names)) > 0.99 * len(values)
        assert standardized(spark, standardize, names) == names


def test_generation_is_safe_and_blind_to_case(spark: SparkSession) -> None:
    def first(raw: Column) -> Column:
        return person_name.generation(F.concat(raw, F.lit(" Jr.")))

    long_name = "ab, " * 30_000
    assert standardized(spark, first, ["smith", "SMITH", long_name]) == ["jr", "jr", None]


def test_nicknames_match_their_formal_names(spark: SparkSession) -> None:
    pairs = [*((*pair, True) for pair in SAME), *((*pair, False) for pair in DIFFERENT)]
    names = spark.createDataFrame(pairs, "left string, right string, expected boolean")
    for left, right in (("left", "right"), ("right", "left")):
        equal = person_name.nickname_equal(F.col(left), F.col(right))
        assert_column_equality(names.withColumn("actual", equal), "actual", "expected")


def test_nicknames_come_from_the_dataset() -> None:
    formal, roots = facts("nicknames")["formal"], facts("nicknames")["root"]
    known = NickNamer()
    assert len(formal) > 1000
    for nickname, names in formal.items():
        assert set(names.split()) <= known.canonicals_of(nickname)
    assert not set(roots) & set(roots.values()), "a root is its own root"
