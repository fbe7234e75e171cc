"""Made people whose pairs, profiles and unresolved records are known by hand: to be reviewed and explained."""

from projects import Project, Row

# Pairs that share a phone, by how similar their names are: 0 edits, 1 in 10 letters, 1 in 7, 1 in 5.
NAMES = {"exact": ("martin", "martin"), "0.9 to 0.95": ("montgomery", "montgomary"), "0.85 to 0.9": ("johnson", "johnsen"), "below 0.85": ("smith", "smyth")}  # fmt: skip
COUNTS = {"exact": 9, "0.9 to 0.95": 3, "0.85 to 0.9": 12, "below 0.85": 6}
MAILS = 30  # pairs that share an e-mail, of which an override keeps crm:m0-a and crm:m0-b apart

CASES = [
    # A chain: c1 and c2 share an e-mail, c2 and c3 a phone and a name with a typo (5 of 6 letters), c3 and c4 an e-mail.
    ("c1", "k1@x.io", None, "Miller"),
    ("c2", "k1@x.io", "2025552001", "Miller"),
    ("c3", "k3@x.io", "2025552001", "Millar"),
    ("c4", "k3@x.io", None, "Jones"),
    # Three records of one e-mail: match_pairs lists s1 - s2 and s1 - s3.
    *((f"s{n}", "star@x.io", None, "Star") for n in (1, 2, 3)),
    # An e-mail of six records where five may share it; two of them share a phone, half their names is different.
    ("o1", "desk@x.io", "2025552002", "Ford"),
    ("o2", "desk@x.io", "2025552002", "Bird"),
    *((f"o{n}", "desk@x.io", None, "Desk") for n in (3, 4, 5, 6)),
    # A phone of five records where blocks of four are compared.
    *((f"b{n}", None, "2025552003", "Stone") for n in (1, 2, 3, 4, 5)),
    # Three phones in a profile that may have two: conflict. And two in one that is published.
    *((f"q{n}", "many@x.io", f"202555201{n}", "Quill") for n in (1, 2, 3)),
    *((f"u{n}", "two@x.io", f"202555202{n}", "Ulm") for n in (1, 2)),
    ("x1", None, None, "Nobody"),
    ("t1", "test@test.com", None, "Test"),
    ("d1", "d@x.io", None, "Double"),
    ("d1", "d@x.io", None, "Doubled"),
    (None, "n@x.io", None, "Keyless"),
]


def reviewed_people() -> list[Row]:
    found = [(f"m{n}-{side}", f"=sum{n}@x.io", None, "+A") for n in range(MAILS) for side in "ab"]
    at = 0
    for band, count in COUNTS.items():
        for _ in range(count):
            found += [(f"p{at}-{n}", None, f"+1202555{1000 + at}", name) for n, name in enumerate(NAMES[band])]
            at += 1
    return [*found, *CASES]


def reviewed_project(spark, folder) -> Project:
    """Not run yet."""
    project = Project(spark, folder)
    project.settings["rules"][1] = {
        "name": "phone_and_name",
        "criteria": [{"identifiers": "phone"}, {"identifiers": "last_name", "match": "fuzzy_medium"}],
        "max_block_records": 4,
    }
    project.settings["identifiers"]["email"]["max_records_per_value"] = 5
    project.settings["identifiers"]["phone"]["max_values_per_profile"] = 2
    project.settings["overrides"] = str(folder / "decisions.csv")
    decision = "kind,left_record_key,right_record_key\ncannot_link,crm:m0-a,crm:m0-b\n"
    (folder / "decisions.csv").write_text(decision, "utf-8")
    return project
