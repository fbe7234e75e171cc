"""Make ``conf/nicknames.yaml`` from the PyPI package ``nicknames`` (Apache 2.0), which is needed here alone.

Run it as ``python scripts/facts/nicknames.py > conf/nicknames.yaml``. The data names many pairs in both directions and
holds a few slips. A pair is kept in one direction, from the name with more nicknames. The root of a nickname, which the
derived identifier uses, is the one formal name that most others point to; ``ROOTS`` decides where that misleads.
"""

from collections import defaultdict
from importlib.metadata import version

from nicknames import name_triplets

SLIPS = {"bill robert", "billy robert", "aaron erin", "lisa liz", "joe joshua", "fred robert", "robert willie"}
# Common names that stand for themselves, and the roots of common nicknames that the counts alone get wrong.
STANDS = """
amanda amy andrea ann anna barbara brian carol dennis emily emma eric gary george hannah heather helen jane janet jean
joan john jonathan julia julie karen kelly kevin kimberly laura linda lisa maria mark mary megan nancy nicole noah paul
peter rachel ruth scott sharon susan theresa thomas william robert
"""
ROOTS = {
    "albert": "al bert", "alexander": "alex", "andrew": "andy drew", "anthony": "tony", "arthur": "art",
    "benjamin": "ben", "charles": "charlie chuck", "christopher": "chris", "daniel": "dan danny", "david": "dave",
    "deborah": "deb debbie debra", "donald": "don", "douglas": "doug", "edward": "ed eddie ted",
    "elizabeth": "beth liz", "francis": "frank", "frederick": "fred", "gabriel": "gabe", "gerald": "jerry",
    "gregory": "greg", "harold": "harry", "henry": "hank", "jacob": "jake", "james": "jim jimmy",
    "jeffrey": "jeff", "jennifer": "jen jenny", "john": "jack",
    "jonathan": "jon", "joseph": "joe joey", "joshua": "josh", "katherine": "catherine cathy kate kathy katie",
    "kenneth": "ken", "lawrence": "larry", "louis": "lou", "margaret": "maggie meg peggy", "matthew": "matt",
    "michael": "mike", "nathan": "nate", "nicholas": "nick", "pamela": "pam", "patricia": "pat patty", "philip": "phil",
    "raymond": "ray", "richard": "dick rich rick ricky", "robert": "bob bobby rob robbie", "ronald": "ron",
    "samuel": "sam", "sandra": "sandy", "sarah": "sally sara", "stanley": "stan", "steven": "stephen steve",
    "susan": "sue", "thomas": "tom tommy", "timothy": "tim", "victoria": "vicky", "walter": "walt",
    "william": "bill billy will willie", "zachary": "zach",
}  # fmt: skip
HEADER = """\
# Nicknames: made by scripts/facts/nicknames.py, not by hand. Source: PyPI package nicknames {version}, Apache 2.0,
# by Carlton Northern and Nick Crews (https://github.com/carltonnorthern/nicknames), English given names.
# formal: each nickname with the formal names it may stand for; root: each nickname with the one that stands for it.
"""


def formal_names() -> dict[str, set[str]]:
    """Each nickname with its formal names, each pair in one direction."""
    pairs = {(t.name1, t.name2) for t in name_triplets() if t.name1.isalpha() and t.name2.isalpha()}
    pairs = {pair for pair in pairs if " ".join(sorted(pair)) not in SLIPS}
    weight = weights(pairs)
    formal = defaultdict(set)
    for name, nickname in sorted(pairs):
        backwards = (nickname, name) in pairs and (weight[nickname], name) > (weight[name], nickname)
        if name != nickname and not backwards:
            formal[nickname].add(name)
    return formal


def weights(pairs: set[tuple[str, str]]) -> dict[str, int]:
    """How many more nicknames than formal names a name has."""
    weight: dict[str, int] = defaultdict(int)
    for name, nickname in pairs:
        weight[name] += 1
        weight[nickname] -= 1
    return weight


def roots(formal: dict[str, set[str]]) -> dict[str, str]:
    """Each nickname with its root; a root is its own root and so is not listed."""
    weight = weights({(name, nickname) for nickname, names in formal.items() for name in names})
    chosen = {nickname: root for root, nicknames in ROOTS.items() for nickname in nicknames.split()}
    parent = {nickname: max(sorted(names), key=weight.__getitem__) for nickname, names in formal.items()}
    parent |= chosen | {name: name for name in (*ROOTS, *STANDS.split())}

    def root_of(name: str, seen: tuple[str, ...] = ()) -> str:
        above = parent.get(name, name)
        return name if above == name or above in seen else root_of(above, (*seen, name))

    found = {name: root_of(name) for name in sorted(parent)}
    return {name: root for name, root in found.items() if name != root}


def main() -> None:
    formal = formal_names()
    print(HEADER.format(version=version("nicknames")), end="")
    print("formal:", *(f'  "{name}": "{" ".join(sorted(formal[name]))}"' for name in sorted(formal)), sep="\n")
    print("root:", *(f'  "{name}": "{root}"' for name, root in roots(formal).items()), sep="\n")


if __name__ == "__main__":
    main()
