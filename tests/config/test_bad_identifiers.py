"""What is wrong with an identifier, in the words that the user reads."""

import pytest

TYPES = (
    "email, phone, first_name, last_name, full_name, company, date, address, postal_code, country, id, text, number, "
    "domain"
)
TRANSFORMS = (
    "soundex, prefix, year, month_day, domain, local_part, generation, tokens, house_number, street, first_token, "
    "last_token, nickname_root"
)
NOT_A_NUMBER = "does not fit; write a whole number of at least 1"
CASES = [
    ("identifiers=null", "identifiers: missing; name at least one: identifiers: {email: {type: email}}"),
    ("identifiers={}", "identifiers: an empty mapping; name at least one: {email: {type: email}}"),
    ("identifiers=email", "identifiers: 'email' is no mapping; write identifiers: {email: {type: email}}"),
    (
        "identifiers.first_name=null",
        f"identifiers.first_name.type: missing; choose from {TYPES}; or derive it: {{from: ..., transform: ...}}",
    ),
    (
        "identifiers.first_name.type=fristname",
        "identifiers.first_name.type: 'fristname' is unknown; did you mean 'first_name'?",
    ),
    ("identifiers.first_name.type=xyz", f"identifiers.first_name.type: 'xyz' is unknown; choose from {TYPES}"),
    ("identifiers.first_name.type=[a]", "identifiers.first_name.type: a list where one text belongs; write one text"),
    ("identifiers.fax={type: phone}", "identifiers.fax: no source maps it; add it under sources.<name>.columns"),
    (
        "identifiers.birth_date.format=[yyyy-MM-dd]",
        "identifiers.birth_date.format: unknown key here; it belongs under sources.<name>, or did you mean 'formats'?",
    ),
    (
        "identifiers.birth_date.formats=yyyy-MM-dd",
        "identifiers.birth_date.formats: 'yyyy-MM-dd' is no list; write a list: [yyyy-MM-dd]",
    ),
    ("identifiers.birth_date.formats=[]", "identifiers.birth_date.formats: an empty list; name at least one"),
    (
        "identifiers.birth_date.formats=[yyyy-mm-dd]",
        "identifiers.birth_date.formats[0]: 'yyyy-mm-dd' has no month (M); write it like yyyy-MM-dd",
    ),
    (
        "identifiers.birth_date.formats=[yyyy-MM-dd, YYYY-MM-dd]",
        "identifiers.birth_date.formats[1]: 'YYYY-MM-dd' holds 'Y', which no date is read by; "
        "did you mean y (the year)?",
    ),
    (
        "identifiers.birth_date.formats=[yyyy-MM-ddTHH:mm]",
        "identifiers.birth_date.formats[0]: 'yyyy-MM-ddTHH:mm' holds 'T', which no date is read by; "
        "quote it with ' if it stands for itself",
    ),
    (
        'identifiers.birth_date.formats=["yyyy-MM-dd\'T"]',
        'identifiers.birth_date.formats[0]: "yyyy-MM-dd\'T" has an open quote; '
        "put letters that stand for themselves between two '",
    ),
    (
        "identifiers.loyalty_id.formats=[yyyy-MM-dd]",
        "identifiers.loyalty_id.formats: it does not apply to type id; only dates have formats, leave it out",
    ),
    (
        "identifiers.birth_date.formats=[yyyy-MM-dd yyyy]",
        "identifiers.birth_date.formats[0]: 'yyyy-MM-dd yyyy' has more than one year (y); write it like yyyy-MM-dd",
    ),
    (
        "identifiers.birth_date.formats=[ddd.MM.yyyy]",
        "identifiers.birth_date.formats[0]: 'ddd.MM.yyyy' holds 'ddd', which no date is read by; write it like yyyy-MM-dd",
    ),
    (
        "identifiers.email.case_sensitive=true",
        "identifiers.email.case_sensitive: it does not apply to type email; only id and text keep their case",
    ),
    (
        "identifiers.birth_date.only_numeric=true",
        "identifiers.birth_date.only_numeric: it does not apply to type date, which has a form of its own; leave it out",
    ),
    ("identifiers.email.blocked=x", "identifiers.email.blocked: 'x' is no list; write a list: [x]"),
    (
        'identifiers.email.blocked=["a", "/(/"]',
        "identifiers.email.blocked[1]: '(' is no regular expression (missing ), "
        "unterminated subpattern at position 0); "
        "correct it, or escape special characters with \\",
    ),
    (
        "identifiers.email.blocked=[/abc]",
        "identifiers.email.blocked[0]: '/abc' starts with / but does not end with it; "
        "write /regular expression/ or a literal value",
    ),
    (
        "identifiers.email.blocked=[//]",
        "identifiers.email.blocked[0]: '//' would block every value; write the expression between the slashes",
    ),
    *(
        (
            f"identifiers.email.blocked=['{pattern}']",
            f"identifiers.email.blocked[0]: '{pattern}' is found in the empty text, and so in every value; "
            "write what has at least one character",
        )
        for pattern in ("/^foo|/", "/a*/", "/(?i)x?/", "/\\p{L}*/", "/^$/")
    ),
    (
        "identifiers.email.max_values_per_profile=2147483648",
        "identifiers.email.max_values_per_profile: 2147483648 is too large; write a whole number of at most 2147483647",
    ),
    (
        "identifiers.sound_start.transform=prefix:2147483648",
        "identifiers.sound_start.transform: 'prefix:2147483648' names more characters than a value can have; "
        "write it like prefix:3",
    ),
    (
        "identifiers.email.blocked=[null]",
        "identifiers.email.blocked[0]: null where a text belongs; "
        'write a text, and "null" in quotes if that is the text',
    ),
    ("identifiers.email.blocked=[12345]", 'identifiers.email.blocked[0]: 12345 is no text; quote it: "12345"'),
    ("identifiers.email.max_records_per_value=-1", f"identifiers.email.max_records_per_value: -1 {NOT_A_NUMBER}"),
    (
        "identifiers.email.max_values_per_profile=many",
        f"identifiers.email.max_values_per_profile: 'many' {NOT_A_NUMBER}",
    ),
    (
        "identifiers.email.max_distinct_per_value=4",
        "identifiers.email.max_distinct_per_value: 4 is no mapping; write max_distinct_per_value: {last_name: 4}",
    ),
    (
        "identifiers.email.max_distinct_per_value={lastname: 4}",
        "identifiers.email.max_distinct_per_value.lastname: 'lastname' is no identifier; did you mean 'last_name'?",
    ),
    (
        "identifiers.email.max_distinct_per_value={last_name: null}",
        f"identifiers.email.max_distinct_per_value.last_name: null {NOT_A_NUMBER}",
    ),
    (
        "identifiers.email.conflict_tolerance=fuzzy",
        "identifiers.email.conflict_tolerance: 'fuzzy' is unknown; choose from fuzzy_medium, fuzzy_strong",
    ),
    (
        "identifiers.loyalty_id.conflict_tolerance=fuzzy_strong",
        "identifiers.loyalty_id.conflict_tolerance: 'fuzzy_strong' is not defined for values of type id; "
        "choose from fuzzy_medium",
    ),
    (
        "identifiers.loyalty_id={type: domain, conflict_tolerance: fuzzy_medium}",
        "identifiers.loyalty_id.conflict_tolerance: 'fuzzy_medium' is not defined for values of type domain; "
        "leave it out",
    ),
    (
        "identifiers.email={type: email, conflict_tolerance: fuzzy_medium, max_values_per_profile: null}",
        "identifiers.email.conflict_tolerance: there is no limit to loosen; set max_values_per_profile, or leave it out",
    ),
    ("identifiers.email.max_values_per_profile=0", f"identifiers.email.max_values_per_profile: 0 {NOT_A_NUMBER}"),
    (
        "identifiers.email.only_numeric='true'",
        "identifiers.email.only_numeric: 'true' is neither true nor false; write true or false, without quotes",
    ),
    (
        "identifiers.email.case_sensitive=1",
        "identifiers.email.case_sensitive: 1 is neither true nor false; write true or false, without quotes",
    ),
    (
        "identifiers.run_id={from: email, transform: domain}",
        "identifiers.run_id: 'run_id' is a column that the job itself makes; choose another name, like my_run_id",
    ),
    ("identifiers.x={from: email}", f"identifiers.x.transform: missing; choose from {TRANSFORMS}"),
    ("identifiers.x={transform: soundex}", "identifiers.x.from: missing; name the identifier that it is derived from"),
    (
        "identifiers.x={from: emial, transform: domain}",
        "identifiers.x.from: 'emial' is no identifier; did you mean 'email'?",
    ),
    ("identifiers.x={from: 5, transform: domain}", 'identifiers.x.from: 5 is no text; quote it: "5"'),
    (
        "identifiers.x={from: email, transform: soundex}",
        "identifiers.x.transform: 'soundex' does not fit email, which is of type email; "
        "it takes first_name, last_name, full_name, text",
    ),
    (
        "identifiers.x={from: loyalty_id, transform: year}",
        "identifiers.x.transform: 'year' does not fit loyalty_id, which is of type id; it takes date",
    ),
    (
        "identifiers.x={from: last_sound, transform: generation}",
        "identifiers.x.transform: 'generation' does not fit last_sound, which is of type text; "
        "it takes first_name, last_name, full_name",
    ),
    (
        "identifiers.x={from: email, transform: sondex}",
        "identifiers.x.transform: 'sondex' is unknown; did you mean 'soundex'?",
    ),
    (
        "identifiers.x={from: email, transform: prefix}",
        "identifiers.x.transform: 'prefix' needs a number of at least 1; write it like prefix:3",
    ),
    (
        "identifiers.x={from: email, transform: 'prefix:0'}",
        "identifiers.x.transform: 'prefix:0' needs a number of at least 1; write it like prefix:3",
    ),
    (
        "identifiers.x={from: email, transform: 'domain:3'}",
        "identifiers.x.transform: 'domain:3' takes no number; write domain",
    ),
    (
        "identifiers.x={from: email, transform: domain, type: email}",
        "identifiers.x.type: 'email' does not apply to a derived identifier; it takes the type that it is derived from",
    ),
    (
        "identifiers.x={from: birth_date, transform: year, formats: [yyyy-MM-dd]}",
        "identifiers.x.formats: a list does not apply to a derived identifier; set it where it is derived from",
    ),
    (
        "identifiers.x={from: x, transform: 'prefix:2'}",
        "identifiers.x.from: a loop: x from x; derive one of them from a mapped field",
    ),
    (
        "identifiers.last_sound.from=sound_start",
        "identifiers.last_sound.from: a loop: last_sound from sound_start from last_sound; "
        "derive one of them from a mapped field",
    ),
]


@pytest.mark.parametrize(("override", "expected"), CASES, ids=[case[0] for case in CASES])
def test_one_mistake_is_one_line(problems, override, expected):
    assert problems(override) == [expected]


def test_body_that_is_no_mapping_lists_the_keys(problems):
    assert problems("identifiers.first_name=first_name") == [
        "identifiers.first_name: 'first_name' is no mapping; write key: value with the keys type, formats, "
        "case_sensitive, only_numeric, standardize, from, transform, blocked, max_records_per_value, "
        "max_distinct_per_value, max_values_per_profile, conflict_tolerance"
    ]


def test_identifier_and_field_that_differ_in_case(problems):
    assert problems("identifiers.Email={from: email, transform: domain}") == [
        "identifiers.Email: 'Email' and 'email' differ in case only, which Spark ignores; rename one of them"
    ]


def test_each_step_of_a_chain_is_checked(problems):
    steps = "[trim, lowr, {regex: '('}, {regexp: a, replace: b}, {regex: (a)b, replace: $2}, {regex: a, replace: 7}]"
    place = "identifiers.email.standardize"
    assert problems(f"{place}={steps}") == [
        f"{place}[1]: 'lowr' is unknown; did you mean 'lower'?",
        f'{place}[2].replace: missing; write the replacement, "" for none',
        f"{place}[2].regex: '(' is no regular expression (missing ), unterminated subpattern "
        "at position 0); correct it, or escape special characters with \\",
        f"{place}[3].regexp: unknown key here; did you mean 'regex'?",
        f"{place}[3].regex: missing; write {{regex: ..., replace: ...}}",
        f"{place}[4].replace: '$2' names a group that '(a)b' does not have; it has 1; write \\$ for a $",
        f'{place}[5].replace: 7 is no text; write the replacement, "" for none',
    ]


FINE = [
    r'identifiers.email.blocked=["/^\\p{L}+\\z/", "/(?<name>a)(?U)b++/", "/\\Q(\\E/", "/", "a/b"]',
    "identifiers.email.blocked=[]",
    "identifiers.email.max_records_per_value=null",
    "identifiers.email.max_distinct_per_value={last_sound: 4, birth_date: 2}",
    "identifiers.birth_date.formats=[\"yyyy-MM-dd'T'HH:mm:ss.SSS\", d.M.yy]",
    "identifiers.x={from: email, transform: domain}",
    "identifiers.x={from: email, transform: local_part}",
    "identifiers.birth_date.formats=[epoch, epoch_ms, excel, 'EEE, d MMM yyyy', 'uuuu-LL-dd HH:mm:ss.SSSXXX']",
    "identifiers.x={from: last_name, transform: tokens}",
    "identifiers.x={from: first_name, transform: nickname_root}",
    "identifiers.phone.only_numeric=true",
    "identifiers.loyalty_id.standardize=[trim, lower, digits, accents, {regex: '(a)-(b)', replace: '$2\\$$1'}]",
    "identifiers.x={from: birth_date, transform: month_day, max_values_per_profile: 1, blocked: ['01-01']}",
    "identifiers.x={from: first_name, transform: generation}",
    "identifiers.x={from: loyalty_id, transform: 'prefix:12'}",
]


@pytest.mark.parametrize("override", FINE)
def test_what_is_right_is_let_through(problems, override):
    assert problems(override) == []
