/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is sent to QEMU and to a QmpSession: what both answer alike, and what differs on purpose,
 * with the reason. */
#pragma once

#include <glib.h>

/* Every input is followed by the resynchronisation byte, which gives one error whatever came
 * before, and by a command whose reply is the last one. */
#define LAST "\x01{\"execute\":\"query-name\",\"id\":\"end\"}"
#define LAST_ID "\"id\": \"end\""
#define CAPS "{\"execute\":\"qmp_capabilities\"}"
#define CAPS_OOB "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}}"
#define ENABLE(text) "{\"execute\":\"qmp_capabilities\",\"arguments\":" text "}"
#define YANK "[{\"type\": \"chardev\", \"id\": \"m\"}]" /* the monitor itself */
#define NAME "{\"execute\":\"query-name\"}"

typedef struct {
    const char *in;
    gsize length; /* 0: up to the first zero byte */
} Row;

/* What both answer alike. */
static const Row ALIKE[] = {
    /* negotiation */
    { "{\"execute\":\"query-name\",\"id\":7}" },
    { "{\"execute\":\"no-such\"}" },
    { "{\"execute\":\"\"}" },
    { "[]" },
    { "{\"exec-oob\":\"query-yank\"}" },
    { "{}" },
    { "]" },
    { CAPS NAME NAME "\n" },
    { CAPS CAPS },
    { CAPS "{\"execute\":\"qmp_capabilities\",\"id\":\"y\"}" },
    { CAPS ENABLE ("{\"enable\":[\"nope\"]}") },
    { ENABLE ("{\"enable\":[\"nope\"]}") NAME CAPS NAME },
    { ENABLE ("{\"enable\":[\"oob\",\"nope\"]}") },
    { ENABLE ("{\"enable\":[\"oob\",1]}") },
    { ENABLE ("{\"enable\":[[]]}") },
    { ENABLE ("{\"enable\":[null]}") },
    { ENABLE ("{\"enable\":[\"a\\\"]\\u00e9\\u0000\"]}") },
    { ENABLE ("{\"enable\":\"oob\"}") },
    { ENABLE ("{\"enable\":{}}") },
    { ENABLE ("{\"enable\":null}") },
    { ENABLE ("{\"x\":1}") },
    { ENABLE ("{\"x\":1,\"enable\":[\"nope\"]}") },
    { ENABLE ("{\"enable\":[\"oob\"],\"x\":{\"enable\":[1]}}") NAME },
    { ENABLE ("{\"enable\":[]}") NAME "{\"exec-oob\":\"query-yank\"}" },
    { ENABLE ("{\"enable\":[\"oob\",\"oob\"]}") "{\"exec-oob\":\"query-yank\"}" },
    { ENABLE ("{'en\\u0061ble':['oob']}") "{\"exec-oob\":\"query-yank\"}" },
    { ENABLE ("{}") NAME },
    { ENABLE ("[]") NAME },
    { "{\"execute\":\"qmp_capabilities\",\"x\":1}" NAME },
    /* commands */
    { CAPS "{\"execute\":\"query-name\",\"id\":1}{\"execute\":\"query-name\",\"id\":1}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":null}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":true}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":[]}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":{}}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":\"\"}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":-1.5}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":18446744073709551615}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":\"\\u0000x\"}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":\"\\u007F\\u00E9\\uD83D\\uDE00\"}" },
    { CAPS "{\"execute\":\"query-name\",\"id\":\"\xc0\x80\"}" },
    { CAPS "{'execute':'query-name','id':'it\\'s \"q\"'}" },
    { CAPS "{'execute':'query-name','arguments':{}}" },
    { CAPS "{\"execute\":\"no-such\",\"id\":10}" },
    { CAPS "{\"execute\":\"Query-Name\"}" },
    { CAPS "{\"execute\":\"query_name\"}" },
    { CAPS "{\"execute\":\"\"}" },
    { CAPS "{\"execute\":\"query-name\\u0000\"}" },
    { CAPS "{\"execute\":\"\xc3\xa9 \\\"\"}" },
    { CAPS "{\"exec-oob\":\"query-yank\",\"id\":2}" },
    { CAPS "{\"exec-oob\":\"query-yank\",\"execute\":\"query-yank\"}" },
    { CAPS_OOB "{\"exec-oob\":\"query-yank\",\"id\":2}" },
    { CAPS_OOB "{\"exec-oob\":\"query-name\",\"id\":2}" },
    { CAPS_OOB "{\"exec-oob\":\"qmp_capabilities\",\"id\":2}" },
    { CAPS_OOB "{\"exec-oob\":\"no-such\",\"id\":2}" },
    { CAPS_OOB "{\"exec-oob\":1,\"id\":2}" },
    { CAPS_OOB "{\"exec-oob\":1,\"execute\":1}" },
    { CAPS_OOB "{\"exec-oob\":\"query-yank\",\"execute\":1}" },
    { CAPS_OOB "{\"execute\":\"query-yank\",\"exec-oob\":\"query-yank\"}" },
    { CAPS_OOB "{\"execute\":\"query-yank\",\"exec-oob\":\"query-yank\",\"arguments\":1}" },
    { CAPS "{\"execute\":\"query-name\",\"extra\":true,\"id\":4}" },
    { CAPS "{\"execute\":\"query-name\",\"arguments\":null}" },
    { CAPS "{\"execute\":\"query-name\",\"arguments\":[],\"id\":1}" },
    { CAPS "{\"execute\":1,\"arguments\":[],\"id\":1}" },
    { CAPS "{\"execute\":null}" },
    { CAPS "{}{\"id\":3}{\"arguments\":{}}" },
    { CAPS "{\"x\\u0000\\ud83d\\ude00\":1}" },
    { CAPS "{\"execute\":\"query-name\",\"arguments\":{\"a\":1,\"a\":2}}" },
    /* no objects, framing */
    { CAPS "null [] \"x\" 5 1.5 true " },
    { CAPS "5" NAME },
    { CAPS "\n\n\r\n\t " },
    { CAPS NAME NAME "\r\n" NAME },
    { CAPS "0e1 -0 0.5e+3 1E5 " },
    /* grammar */
    { CAPS "{]" },
    { CAPS "{[}]" },
    { CAPS "{\"execute\": }" },
    { CAPS "{\"a\":1,}" },
    { CAPS "{,}" },
    { CAPS "[1,]" },
    { CAPS "{\"a\"}" },
    { CAPS "{\"a\" 1}" },
    { CAPS "{1:2}" },
    { CAPS "{[1]:2}" },
    { CAPS "{{}:2}" },
    { CAPS "{null:2}" },
    { CAPS "{\"a\":1 \"b\":2}" },
    { CAPS "{\"a\":1]" },
    { CAPS "[1 2]" },
    { CAPS "[1}" },
    { CAPS "[{]}" },
    { CAPS "[{}}" },
    { CAPS "{\"a\":[]]" },
    { CAPS "{{{{{]]]]]}}}}}" },
    { CAPS "{\"a\":1,\"a\":2}" },
    { CAPS "{\"a\":1,\"\\u0061\":2}" },
    { CAPS "{\"execute\":\"query-name\",\"execute\":\"query-name\"}" },
    { CAPS "{\"a\":1,\"a\":nope}" },
    { CAPS "{\"a\":\"\\q\",\"b\":nope}" },
    { CAPS "]]" NAME },
    { CAPS "xyz " NAME },
    { CAPS ":::,,," },
    /* stray bytes, and where reading goes on */
    { CAPS "{\"id\":01}" },
    { CAPS "{\"id\":NaN}" },
    { CAPS "{\"id\":-}" },
    { CAPS "{\"id\":-Infinity}" },
    { CAPS "{\"id\":1.}" },
    { CAPS "{\"id\":1e}" },
    { CAPS "{\"id\":1e+}" },
    { CAPS "{\"id\":+1}" },
    { CAPS "{\"id\":.5}" },
    { CAPS "{\"id\":0x10}" },
    { CAPS "{\"id\":1.5.5}" },
    { CAPS "{\"id\":--1}" },
    { CAPS "// comment\n" NAME },
    { CAPS "/* comment */" NAME },
    { CAPS "# a " NAME },
    { CAPS "%d" },
    { CAPS "{\"a\":%p}" },
    { CAPS "var x = {}" },
    { CAPS "{\"a\":\"unterminated\n{\"execute\":\"query-name\",\"id\":18}\n" },
    { CAPS "{\"execute\":\"query-na\x01" NAME },
    { CAPS "\x01\x01 \x01" },
    { CAPS "\xff" NAME },
    { CAPS "\xfe\xff\xfe" NAME },
    { CAPS "{\"execute\":\"query-name\xff\"}" NAME },
    { CAPS "\xef\xbb\xbf" NAME },
    { CAPS "\x7f\n\x1f" },
    { CAPS "{\"a\":\"\\\x01\"}" },
    { CAPS "{\"a\":\"tab\there\"}" },
    { CAPS "{'a':'b\"c\td'}" },
    { CAPS "{\"a\":\"x\r\n\"}" },
    { CAPS "{\"a\":\"b\0c\"}", sizeof (CAPS "{\"a\":\"b\0c\"}") - 1 },
    { CAPS "\0" NAME "\0", sizeof (CAPS "\0" NAME "\0") - 1 },
    { CAPS "# \t a b \0" NAME, sizeof (CAPS "# \t a b \0" NAME) - 1 },
    { CAPS "\"\xf0\x9f\xff" },
    { CAPS "\"\xc3\xa9\xed\xa0\x80\xc3\xf8\x88\x80\x80\x80\x80\x01" },
    /* characters */
    { CAPS "{\"id\":\"\xc3\x28\"}" },
    { CAPS "{\"id\":\"\xed\xa0\x80\"}" },
    { CAPS "{\"id\":\"\xc1\x81\"}" },
    { CAPS "{\"id\":\"\xe0\x80\x80\"}" },
    { CAPS "{\"id\":\"\x80\"}" },
    { CAPS "{\"id\":\"\xf4\x90\x80\x80\"}" },
    { CAPS "{\"id\":\"\xfc\x84\x80\x80\x80\x80\"}" },
    { CAPS "{\"id\":\"\xef\xbf\xbf\"}" },
    { CAPS "{\"id\":\"\xef\xb7\x90\"}" },
    { CAPS "{\"id\":\"\xf0\x9f\xbf\xbe\"}" },
    { CAPS "{\"id\":\"\\ud83d\"}" },
    { CAPS "{\"id\":\"\\ude00\"}" },
    { CAPS "{\"id\":\"\\ud83d\\u0041\"}" },
    { CAPS "{\"id\":\"\\ud83d\\ud83d\"}" },
    { CAPS "{\"id\":\"\\ud83d\\n\"}" },
    { CAPS "{\"id\":\"\\ud83f\\udfff\"}" },
    { CAPS "{\"id\":\"\\uFFFE\"}" },
    { CAPS "{\"id\":\"\\ufdd0\"}" },
    { CAPS "{\"id\":\"\\u12\"}" },
    { CAPS "{\"id\":\"\\u\"}" },
    { CAPS "{\"id\":\"\\u00g0\"}" },
    { CAPS "{\"id\":\"\\u\xc3\xa9\xe2\x82\xac\"}" },
    { CAPS "{\"id\":\"\\ud83d\\u\"}" },
    { CAPS "{\"id\":\"\\x41\"}" },
    { CAPS "{\"id\":\"\\U0041\"}" },
    { CAPS "{\"id\":\"\\ \"}" },
    { CAPS "{\"id\":\"\\\"\\\\\\b\\f\\n\\r\\t\\'\",\"execute\":1}"
           "{\"execute\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\'\"}" },
};

typedef struct {
    const char *why;
    const char *in;
    const char *qemu; /* the replies between those to qmp_capabilities and to LAST */
    const char *ours;
} Difference;

#define OK(id) "{\"return\": {}, \"id\": " id "}\r\n"
#define WITH_ID(id) "{\"execute\":\"query-name\",\"id\":" id "}"
#define GENERIC(text) "{\"error\": {\"class\": \"GenericError\", \"desc\": \"" text "\"}}\r\n"

/* What differs, all of it on purpose. */
static const Difference DIFFERENCES[] = {
    /* QEMU reads the id and writes it anew.  Kept bytes are what the client compares with. */
    { "number kept", WITH_ID ("1.50"), OK ("1.5"), OK ("1.50") },
    { "number kept", WITH_ID ("1e2"), OK ("100"), OK ("1e2") },
    { "number kept", WITH_ID ("0.1"), OK ("0.10000000000000001"), OK ("0.1") },
    { "number kept", WITH_ID ("-0"), OK ("0"), OK ("-0") },
    { "number kept", WITH_ID ("18446744073709551616"), OK ("1.8446744073709552e+19"),
      OK ("18446744073709551616") },
    { "QEMU's reply is no JSON", WITH_ID ("1e400"), OK ("inf"), OK ("1e400") },
    { "number kept", WITH_ID ("-1e-400"), OK ("-0"), OK ("-1e-400") },
    { "characters kept", WITH_ID ("\"\xc3\xa9\""), OK ("\"\\u00E9\""), OK ("\"\xc3\xa9\"") },
    { "characters kept", WITH_ID ("\"\x7f\""), OK ("\"\\u007F\""), OK ("\"\x7f\"") },
    { "escapes kept", WITH_ID ("\"\\/\\u0041\""), OK ("\"/A\""), OK ("\"\\/\\u0041\"") },
    { "order kept, white space dropped", WITH_ID ("{ \"b\" : 1, \"a\" : [ 1, {} ] }"),
      OK ("{\"a\": [1, {}], \"b\": 1}"), OK ("{\"b\":1,\"a\":[1,{}]}") },
    /* QEMU names the first wrong member in the order of its hash table, which is no order that a
     * client could mean; here the known members come first, then the others as they were sent. */
    { "order of faults", "{\"nonsense\":1,\"execute\":2}",
      GENERIC ("QMP input member 'nonsense' is unexpected"),
      GENERIC ("QMP input member 'execute' must be a string") },
    { "order of faults", "{\"zz\":1,\"x\":2}", GENERIC ("QMP input member 'x' is unexpected"),
      GENERIC ("QMP input member 'zz' is unexpected") },
};
