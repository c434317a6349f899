package query

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// storedAttributes is the JSON of the attributes of otel_spans s, with its row d of
// otel_span_data and m of mastra_ai_spans: package otlp says how they are stored.
const storedAttributes = `json_each(CASE WHEN d.attributes IS NOT NULL THEN d.attributes WHEN json_valid(m.attributes) THEN m.attributes ELSE '{}' END)`

// attributeRows joins them.
const attributeRows = `LEFT JOIN otel_span_data d ON d.id = s.id LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id`

// columnNamed is a column of m by the name that an expression has.
func columnNamed(name string) string {
	var b strings.Builder
	b.WriteString("CASE " + name)
	for _, column := range []string{"input", "output", "error", "attributes", "metadata", "links", "scope", "tags"} {
		b.WriteString(" WHEN '" + column + "' THEN m." + column)
	}
	return b.String() + " END"
}

// pointed is the path of SQLite to what a JSON Pointer leads to; the member of an object
// at each step.
const pointed = `CASE WHEN e.value ->> '$.at' IS NULL THEN '$' ELSE '$' || substr(replace(replace(replace(e.value ->> '$.at', '/', '"."'), '~1', '/'), '~0', '~'), 2) || '"' END`

// attributeText is the value of an attribute e as text. A text that stands in another
// column is looked up there.
var attributeText = strings.NewReplacer(
	"{string}", columnNamed(`e.value ->> '$."$string"'`), "{text}", columnNamed(`e.value ->> '$."$text"'`), "{value}", columnNamed(`e.value ->> '$."$value"'`),
	"{at}", pointed).Replace(`CASE e.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'object' THEN coalesce(
    e.value ->> '$."$int"', e.value ->> '$."$double"', e.value ->> '$."$bytes"',
    ({string}) ->> ({at}), ({text}) -> ({at}), {value}, e.value)
  ELSE CAST(e.value AS TEXT) END`)

// runMember is the member x of a column that has the value of an attribute, by its name ?,
// where the attributes of a span have a run e of members of that column.
const runMember = `e.key = '$run' AND e.type = 'array' AND substr(?, 1, length(e.value ->> 1)) = e.value ->> 1`

var runMembers = `json_each(` + columnNamed(`e.value ->> 0`) + `) x WHERE x.key = substr(?, length(e.value ->> 1) + 1)`

// plainText is the value of a row of json_each as text.
func plainText(alias string) string {
	return strings.ReplaceAll("CASE {x}.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST({x}.value AS TEXT) END", "{x}", alias)
}

// sameValue says that a row of json_each, whose value as text is given, has a value: the
// same text, or the same number however it is written.
func sameValue(alias, text, value string) (string, []any) {
	condition, args := text+" = ?", []any{value}
	var number any
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		number = n
	} else if f, err := strconv.ParseFloat(value, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
		number = f
	} else {
		return condition, args
	}
	return "(" + condition + " OR " + alias + ".type IN ('integer', 'real') AND " + alias + ".value = ?)", append(args, number)
}

// hasAttribute is a condition on otel_traces t.
func hasAttribute(name, value string) (string, []any) {
	key := name
	if strings.HasPrefix(key, "$") {
		key = "$" + key
	}
	stored, storedArgs := sameValue("e", attributeText, value)
	member, memberArgs := sameValue("x", plainText("x"), value)
	sent, sentArgs := sameValue("e", plainText("e"), value)
	return `EXISTS (SELECT 1 FROM otel_spans s ` + attributeRows + ` WHERE s.trace_id = t.trace_id AND (
    EXISTS (SELECT 1 FROM ` + storedAttributes + ` e WHERE e.key = ? AND ` + stored + `
      OR ` + runMember + ` AND EXISTS (SELECT 1 FROM ` + runMembers + ` AND ` + member + `))
    OR s.resource_id IN (SELECT r.id FROM otel_resources r, json_each(r.attributes) e WHERE e.key = ? AND ` + sent + `)))`,
		slices.Concat([]any{key}, storedArgs, []any{name, name}, memberArgs, []any{key}, sentArgs)
}

// jsonValue is the value of a row x of json_each as JSON.
const jsonValue = `CASE x.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'array' THEN x.value WHEN 'object' THEN x.value ELSE json_quote(x.value) END`

// attributeJSON is the value of an attribute of s as JSON, or else of the resource's;
// NULL where there is none. Its arguments are attributeArgs.
func attributeJSON(string) string {
	value := strings.NewReplacer("{string}", columnNamed(`e.value ->> '$."$string"'`), "{text}", columnNamed(`e.value ->> '$."$text"'`),
		"{value}", columnNamed(`e.value ->> '$."$value"'`), "{at}", pointed).Replace(`CASE e.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN NULL
    WHEN 'object' THEN coalesce(
      e.value -> '$."$int"', e.value -> '$."$double"', e.value -> '$."$bytes"',
      ({string}) -> ({at}), nullif(json_quote(({text}) -> ({at}) || ''), 'null'), {value}, e.value)
    WHEN 'array' THEN e.value ELSE json_quote(e.value) END`)
	return `coalesce(
  (SELECT ` + value + ` FROM ` + storedAttributes + ` e WHERE e.key = ? LIMIT 1),
  (SELECT (SELECT ` + jsonValue + ` FROM ` + runMembers + `) FROM ` + storedAttributes + ` e WHERE ` + runMember + `
    AND EXISTS (SELECT 1 FROM ` + runMembers + ` AND x.type <> 'null') LIMIT 1),
  (SELECT ` + jsonValue + ` FROM otel_resources r, json_each(r.attributes) x WHERE r.id = s.resource_id AND x.key = ? LIMIT 1))`
}

func attributeArgs(name string) []any {
	key := name
	if strings.HasPrefix(key, "$") {
		key = "$" + key
	}
	return []any{key, name, name, name, key}
}
