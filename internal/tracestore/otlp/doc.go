// Package otlp turns OTLP spans into the JSON that the trace store keeps, and
// back, without loss.
//
// # Form
//
// A list of attributes is a JSON object with the keys in the order they came.
// Strings, booleans, lists and maps are what they are in JSON. An integer is a
// number without a fraction or exponent, a double always has one of them. What
// JSON cannot say is an object whose first key starts with a dollar sign:
//
//	{"$int":"9223372036854775807"}   an integer beyond 2^53
//	{"$double":"NaN"}                NaN, Infinity, -Infinity
//	{"$bytes":"aGVsbG8="}            bytes, in base64
//	{"$map":{…}}                     a map whose first key starts with a dollar sign
//	{"$deep":"…"}                    a value nested too deep, as JSON text
//
// A value that stands in a column of the same span's row in mastra_ai_spans is
// referred to there. "at" is a JSON Pointer into the column, and absent where
// the whole column is meant:
//
//	{"$text":"metadata","at":"/body"}    a string: the JSON text as it stands there
//	{"$string":"input"}                  a string: the JSON string there
//	{"$value":"input"}                   a list or map: the JSON value there
//
// In the list itself a key that starts with a dollar sign has another one before
// it, and $run stands for attributes that are members of an object in a column,
// one after the other: its column, what their keys have before the name of the
// member, which member is the first, and how many there are. A member that is an
// object or a list is the JSON text of a string:
//
//	"$run":["metadata","mastra.metadata.",0,12]
//
// No list at all means that the whole list is the object in the column
// attributes of mastra_ai_spans.
//
// What OTLP forbids is not kept: invalid UTF-8 is replaced by U+FFFD, and of an
// attribute that comes twice the first stays.
package otlp
