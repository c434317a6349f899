package query

import "strings"

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

// runText is the value of an attribute, by its name ?, that stands in a run e of members of a column.
var runText = `(` + columnNamed(`e.value ->> 0`) + `) ->> ('$."' || substr(?, length(e.value ->> 1) + 1) || '"')`

// hasAttribute is a condition on otel_traces t.
func hasAttribute(name, value string) (string, []any) {
	key := name
	if strings.HasPrefix(key, "$") {
		key = "$" + key
	}
	return `EXISTS (SELECT 1 FROM otel_spans s ` + attributeRows + ` WHERE s.trace_id = t.trace_id AND (
    EXISTS (SELECT 1 FROM ` + storedAttributes + ` e WHERE e.key = ? AND ` + attributeText + ` = ?
      OR e.key = '$run' AND e.type = 'array' AND substr(?, 1, length(e.value ->> 1)) = e.value ->> 1 AND ` + runText + ` = ?)
    OR s.resource_id IN (SELECT r.id FROM otel_resources r, json_each(r.attributes) e WHERE e.key = ? AND CASE e.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(e.value AS TEXT) END = ?)))`,
		[]any{key, value, name, name, value, key, value}
}

// attributeJSON is the value of an attribute of s as JSON, or else of the resource's;
// NULL where there is none. Its arguments are attributeArgs.
func attributeJSON(string) string {
	value := strings.NewReplacer("{string}", columnNamed(`e.value ->> '$."$string"'`), "{text}", columnNamed(`e.value ->> '$."$text"'`),
		"{value}", columnNamed(`e.value ->> '$."$value"'`), "{at}", pointed).Replace(`CASE e.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN NULL
    WHEN 'object' THEN coalesce(
      e.value -> '$."$int"', e.value -> '$."$double"', e.value -> '$."$bytes"',
      ({string}) -> ({at}), nullif(json_quote(({text}) -> ({at}) || ''), 'null'), {value}, e.value)
    WHEN 'array' THEN e.value ELSE json_quote(e.value) END`)
	run := `(` + columnNamed(`e.value ->> 0`) + `) -> ('$."' || substr(?, length(e.value ->> 1) + 1) || '"')`
	return `coalesce(
  (SELECT ` + value + ` FROM ` + storedAttributes + ` e WHERE e.key = ? LIMIT 1),
  (SELECT ` + run + ` FROM ` + storedAttributes + ` e WHERE e.key = '$run' AND e.type = 'array' AND substr(?, 1, length(e.value ->> 1)) = e.value ->> 1
    AND ` + run + ` IS NOT NULL LIMIT 1),
  (SELECT CASE e.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'array' THEN e.value WHEN 'object' THEN e.value ELSE json_quote(e.value) END
    FROM otel_resources r, json_each(r.attributes) e WHERE r.id = s.resource_id AND e.key = ? LIMIT 1))`
}

func attributeArgs(name string) []any {
	key := name
	if strings.HasPrefix(key, "$") {
		key = "$" + key
	}
	return []any{key, name, name, name, key}
}
