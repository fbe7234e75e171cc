"""The options that Spark's readers know, by format; they take any other without a word."""

VERSION_AS_OF, TIMESTAMP_AS_OF = "versionAsOf", "timestampAsOf"

_FILES = """
    ignoreCorruptFiles ignoreMissingFiles pathGlobFilter recursiveFileLookup modifiedBefore modifiedAfter basePath
    compression codec maxPartitionBytes
"""
_TEXT = """
    encoding charset lineSep mode columnNameOfCorruptRecord multiLine locale timeZone dateFormat timestampFormat
    timestampNTZFormat enableDateTimeParsingFallback samplingRatio singleVariantColumn
"""
_CSV = """
    sep delimiter quote escape charToEscapeQuoteEscaping comment header inferSchema enforceSchema preferDate nullValue
    emptyValue nanValue positiveInf negativeInf ignoreLeadingWhiteSpace ignoreTrailingWhiteSpace maxColumns
    maxCharsPerColumn unescapedQuoteHandling inputBufferSize columnPruning extension
"""
_JSON = """
    primitivesAsString prefersDecimal allowComments allowUnquotedFieldNames allowSingleQuotes allowNumericLeadingZeros
    allowBackslashEscapingAnyCharacter allowUnquotedControlChars allowNonNumericNumbers dropFieldIfAllNull
    inferTimestamp maxNestingDepth maxNumLen maxStringLen
"""
_PARQUET = "mergeSchema datetimeRebaseMode int96RebaseMode"
_ORC = "mergeSchema"
_DELTA = f"{VERSION_AS_OF} {TIMESTAMP_AS_OF}"

OPTIONS: dict[str, tuple[str, ...]] = {
    "csv": tuple((_FILES + _TEXT + _CSV).split()),
    "json": tuple((_FILES + _TEXT + _JSON).split()),
    "parquet": tuple(f"{_FILES} {_PARQUET}".split()),
    "orc": tuple(f"{_FILES} {_ORC}".split()),
    "delta": tuple(_DELTA.split()),
    "table": tuple(dict.fromkeys(f"{_FILES} {_TEXT} {_CSV} {_JSON} {_PARQUET} {_DELTA}".split())),
}
