package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.yaml.in/yaml/v3"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/status"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query/params"
)

var update = flag.Bool("update", false, "write openapi.yaml")

// described is what the description says of an operation: its answer, and a sentence.
var described = map[string]struct {
	summary string
	answer  any
}{
	"/traces":             {"Traces, a page at a time", query.Page[query.TraceSummary]{}},
	"/traces/stats":       {"Figures of all traces that the filter lets through", query.TraceStats{}},
	"/traces/{id}":        {"A whole trace; id is one, a prefix that only it has, or last", query.Trace{}},
	"/traces/{id}/otlp":   {"A trace as OTLP/JSON, after redaction and pricing", ptrace.Traces{}},
	"/traces/{id}/logs":   {"The log records of a trace", []query.Log{}},
	"/spans/{trace}/{id}": {"Everything that is stored of a span", query.Span{}},
	"/sessions":           {"Sessions, the one that was last used first", query.Page[query.SessionSummary]{}},
	"/sessions/{id}":      {"A session as turns, a page at a time", query.Session{}},
	"/spend":              {"What model calls have cost", query.Spend{}},
	"/spend/unpriced":     {"Models whose calls have no price, and what to do", []query.Unpriced{}},
	"/agents":             {"What agents have done", []query.Runs{}},
	"/tools":              {"What tools have done", []query.Runs{}},
	"/loops":              {"Tools that a trace has called again and again with the same arguments", []query.Loop{}},
	"/search":             {"Spans in which a text stands", query.Page[query.Hit]{}},
	"/values/{field}":     {"The values of a field, for menus: a parameter of /traces, attribute, or attribute:NAME", []query.Value{}},
	"/redactions":         {"What was redacted in stored spans, by rule", []query.Redactions{}},
	"/store":              {"What the store is", query.StoreInfo{}},
	"/changes":            {"Traces that have changed since a cursor, without waiting; without a cursor, the cursor of now", query.Changes{}},
	"/collector":          {"What runs, where data goes, what waits and what was refused", status.Collector{}},
	"/first-run":          {"What a developer needs whose first trace has not come", status.FirstRun{}},
	"/live":               {"The same as events: changes, whose id Last-Event-ID takes; reset, after which the page has to be loaded anew", query.Changes{}},
}

// routes are all operations with the filter that they decode.
func routes() map[string]any {
	found := map[string]any{"/live": &query.TraceFilter{}}
	for _, op := range operations(nil) {
		found[op.path] = op.params()
	}
	return found
}

// TestTheDescriptionIsThatOfTheHandlers: every operation, every parameter, every field of
// every answer, in the words of the types. -update writes it.
func TestTheDescriptionIsThatOfTheHandlers(t *testing.T) {
	want := describe(t)
	if *update {
		require.NoError(t, os.WriteFile("openapi.yaml", want, 0o600))
	}
	got, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	if !bytes.Equal(want, got) { // not assert.Equal, which would print all of it
		t.Errorf("%s: run go test ./extension/traceviewer/api -run Description -update, and look at what has changed", difference(want, got))
	}
	document, err := openapi3.NewLoader().LoadFromData(got)
	require.NoError(t, err)
	require.NoError(t, document.Validate(t.Context()))
	assert.Len(t, document.Paths.Map(), len(described))
}

// difference is the first line of one text that the other does not have there.
func difference(want, got []byte) string {
	had := strings.Split(string(got), "\n")
	for i, line := range strings.Split(string(want), "\n") {
		if i >= len(had) || had[i] != line {
			return fmt.Sprintf("line %d should be %q", i+1, line)
		}
	}
	return "there are lines at the end that should not be there"
}

// node is a map of YAML that keeps its order: key and value in turn.
func node(pairs ...any) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i < len(pairs); i += 2 {
		add(n, pairs[i].(string), pairs[i+1])
	}
	return n
}

func add(n *yaml.Node, key string, value any) {
	v, ok := value.(*yaml.Node)
	if !ok {
		v = &yaml.Node{}
		if err := v.Encode(value); err != nil {
			panic(err)
		}
	}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, v)
}

// describer makes schemas of types.
type describer struct {
	docs    docs
	schemas map[string]*yaml.Node
}

func describe(t *testing.T) []byte {
	t.Helper()
	d := &describer{docs: readDocs(t, "../../../internal/tracestore/query", "../status"), schemas: map[string]*yaml.Node{}}
	d.schemas["Error"] = node("type", "object", "required", []string{"error"}, "additionalProperties", false,
		"properties", node("error", node("type", "string", "description", "A sentence for people")))
	paths := node()
	all := routes()
	for _, path := range sortedKeys(all) {
		about, ok := described[path]
		require.True(t, ok, "%s has no description", path)
		add(paths, path, node("get", d.operation(path, about.summary, all[path], about.answer)))
	}
	schemas := node()
	for _, name := range sortedKeys(d.schemas) {
		add(schemas, name, d.schemas[name])
	}
	document := node(
		"openapi", "3.0.3",
		"info", node("title", "otelcol-llm trace_viewer", "version", "1", "description",
			"What the page of the extension trace_viewer reads. It only reads: every operation is a GET. Unknown parameters are errors. Times are RFC 3339, durations those of Go (1.5s, 300ms)."),
		"servers", []map[string]string{{"url": Prefix}},
		"paths", paths, "components", node("schemas", schemas),
	)
	var b bytes.Buffer
	b.WriteString("# Written by go test ./extension/traceviewer/api -run Description -update, of the types.\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	require.NoError(t, e.Encode(document))
	return b.Bytes()
}

var inPath = regexp.MustCompile(`\{([a-z]+)\}`)

func (d *describer) operation(path, summary string, filter, answer any) *yaml.Node {
	var parameters []*yaml.Node
	for _, found := range inPath.FindAllStringSubmatch(path, -1) {
		parameters = append(parameters, node("name", found[1], "in", "path", "required", true, "schema", node("type", "string")))
	}
	for _, p := range params.Of(filter) {
		parameter := node("name", p.Name, "in", "query")
		if doc := d.docs.param(filter, p.Name); doc != "" {
			add(parameter, "description", doc)
		}
		add(parameter, "schema", paramSchema(p.Type))
		parameters = append(parameters, parameter)
	}
	mediaType := "application/json"
	var schema *yaml.Node
	switch {
	case path == "/live":
		mediaType, schema = "text/event-stream", node("type", "string", "description", "Events whose data is Changes")
	case reflect.TypeOf(answer) == reflect.TypeFor[ptrace.Traces]():
		schema = node("type", "object", "required", []string{"resourceSpans"}, "properties", node("resourceSpans", node("type", "array", "items", node("type", "object"))),
			"description", "TracesData: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding")
	default:
		schema = d.schema(reflect.TypeOf(answer))
	}
	op := node("summary", summary)
	if len(parameters) > 0 {
		add(op, "parameters", parameters)
	}
	answers := node("200", node("description", "The answer", "content", node(mediaType, node("schema", schema))))
	for _, status := range []struct{ code, description string }{
		{"400", "A parameter is not understood, or an id is that of several traces"},
		{"404", "There is no such trace, span or session"},
		{"503", "The store is not there yet, is busy or takes too long; come again after Retry-After"},
	} {
		add(answers, status.code, node("description", status.description, "content",
			node("application/json", node("schema", node("$ref", "#/components/schemas/Error")))))
	}
	for _, n := range answers.Content { // codes are texts
		if n.Kind == yaml.ScalarNode {
			n.Style = yaml.DoubleQuotedStyle
		}
	}
	add(op, "responses", answers)
	return op
}

func paramSchema(kind string) *yaml.Node {
	switch kind {
	case "strings":
		return node("type", "array", "items", node("type", "string"))
	case "time":
		return node("type", "string", "format", "date-time")
	case "duration":
		return node("type", "string", "example", "1.5s")
	case "integer":
		return node("type", "integer", "minimum", 0)
	case "number":
		return node("type", "number", "minimum", 0)
	}
	return node("type", "string")
}

var generic = regexp.MustCompile(`^(\w+)\[.*\.(\w+)\]$`)

// schema describes a type; structs by name.
func (d *describer) schema(t reflect.Type) *yaml.Node {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return node("type", "string", "format", "date-time")
	case t == reflect.TypeFor[json.RawMessage]():
		return node("description", "Any JSON, as it is stored")
	}
	switch t.Kind() {
	case reflect.Pointer:
		inner := d.schema(t.Elem())
		if len(inner.Content) > 0 && inner.Content[0].Value == "$ref" {
			return node("nullable", true, "allOf", []*yaml.Node{inner})
		}
		add(inner, "nullable", true)
		return inner
	case reflect.Slice:
		return node("type", "array", "items", d.schema(t.Elem()))
	case reflect.Map:
		return node("type", "object", "additionalProperties", d.schema(t.Elem()))
	case reflect.Bool:
		return node("type", "boolean")
	case reflect.String:
		return node("type", "string")
	case reflect.Int, reflect.Int64:
		return node("type", "integer", "format", "int64")
	case reflect.Float64:
		return node("type", "number", "format", "double")
	case reflect.Struct:
		return node("$ref", "#/components/schemas/"+d.object(t))
	}
	panic("no schema for " + t.String())
}

// object describes a struct and returns the name of its schema.
func (d *describer) object(t reflect.Type) string {
	name := t.Name()
	if parts := generic.FindStringSubmatch(name); parts != nil {
		name = parts[1] + "Of" + parts[2]
	}
	if d.schemas[name] != nil {
		return name
	}
	object := node("type", "object")
	d.schemas[name] = object
	if doc := d.docs[strings.SplitN(t.Name(), "[", 2)[0]]; doc != "" {
		add(object, "description", doc)
	}
	properties, required := node(), []string{}
	d.fields(t, properties, &required)
	if len(required) > 0 {
		add(object, "required", required)
	}
	add(object, "additionalProperties", false)
	add(object, "properties", properties)
	return name
}

func (d *describer) fields(t reflect.Type, properties *yaml.Node, required *[]string) {
	for f := range t.Fields() {
		if f.Anonymous {
			d.fields(f.Type, properties, required)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			panic(t.Name() + "." + f.Name + " has no name in JSON")
		}
		schema := d.schema(f.Type)
		if doc := d.docs[strings.SplitN(t.Name(), "[", 2)[0]+"."+f.Name]; doc != "" {
			if len(schema.Content) > 0 && schema.Content[0].Value == "$ref" { // which has no siblings
				schema = node("description", doc, "allOf", []*yaml.Node{schema})
			} else if !slices.ContainsFunc(schema.Content, func(n *yaml.Node) bool { return n.Value == "description" }) {
				add(schema, "description", doc)
			}
		}
		add(properties, name, schema)
		if !strings.Contains(options, "omitempty") {
			*required = append(*required, name)
		}
	}
}

// docs are the comments of types and of their fields, by Type and Type.Field.
type docs map[string]string

func readDocs(t *testing.T, folders ...string) docs {
	t.Helper()
	found := docs{}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			require.NoError(t, err)
			for _, declaration := range parsed.Decls {
				found.declaration(declaration)
			}
		}
	}
	require.NotEmpty(t, found["TraceSummary"])
	require.NotEmpty(t, found["TraceFilter.Name"])
	return found
}

func (d docs) declaration(declaration ast.Decl) {
	general, ok := declaration.(*ast.GenDecl)
	if !ok || general.Tok != token.TYPE {
		return
	}
	for _, spec := range general.Specs {
		s := spec.(*ast.TypeSpec)
		d[s.Name.Name] = oneLine(general.Doc)
		structure, ok := s.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, field := range structure.Fields.List {
			for _, name := range field.Names {
				doc := oneLine(field.Doc)
				if doc == "" {
					doc = oneLine(field.Comment)
				}
				d[s.Name.Name+"."+name.Name] = doc
			}
		}
	}
}

func oneLine(group *ast.CommentGroup) string {
	return strings.Join(strings.Fields(group.Text()), " ")
}

// param is the comment of the field that a parameter is read into.
func (d docs) param(filter any, name string) string {
	return d.paramOf(reflect.TypeOf(filter).Elem(), name)
}

func (d docs) paramOf(t reflect.Type, name string) string {
	for f := range t.Fields() {
		if f.Anonymous {
			if doc := d.paramOf(f.Type, name); doc != "" {
				return doc
			}
		} else if f.Tag.Get("query") == name {
			return d[t.Name()+"."+f.Name]
		}
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
