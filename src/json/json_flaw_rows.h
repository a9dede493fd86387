/* SPDX-License-Identifier: MIT */
/*
 * What json_scan refuses: FLAW(code, is it well-formed JSON nevertheless?,
 * machine name, sentence for the client).
 */
FLAW(JSON_OK, true, "none", "no flaw")
FLAW(JSON_EMPTY, false, "json_empty", "The body is empty; JSON was expected")
FLAW(JSON_TRUNCATED, false, "json_truncated",
    "The JSON ends in the middle")
FLAW(JSON_SYNTAX, false, "json_syntax", "This is not JSON")
FLAW(JSON_BOM, false, "json_byte_order_mark",
    "The JSON begins with a byte order mark, which RFC 8259 forbids")
FLAW(JSON_TRAILING, false, "json_trailing",
    "Something follows the end of the JSON document")
FLAW(JSON_UTF8, false, "json_utf8", "The text is not valid UTF-8")
FLAW(JSON_CONTROL, false, "json_control_character",
    "A string holds a raw control character; write it as an escape")
FLAW(JSON_NUL, true, "json_nul",
    "A string holds \\u0000, which PostgreSQL cannot store")
FLAW(JSON_SURROGATE, true, "json_surrogate",
    "A string holds half of a surrogate pair")
FLAW(JSON_DEPTH, true, "json_depth", "The JSON is nested too deeply")
FLAW(JSON_EXPONENT, true, "json_exponent",
    "A number's exponent is beyond -308 to 308")
FLAW(JSON_EXPANSION, true, "json_expansion",
    "The exponents of the numbers would expand to too many digits")
FLAW(JSON_DIGITS, true, "json_digits", "A number has too many digits")
FLAW(JSON_MEMBERS, true, "json_members",
    "An object has more members than are taken")
FLAW(JSON_VALUES, true, "json_values",
    "The JSON has more values than PostgreSQL can take apart in bounded memory")
FLAW(JSON_DUPLICATE, true, "json_duplicate",
    "A member of the request's object is given twice")
FLAW(JSON_NOT_OBJECT, true, "json_not_object",
    "The body must be a JSON object")
