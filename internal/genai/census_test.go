package genai

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// dialectNames are the attribute names that one instrumentation writes, as its
// public source has them: testdata/census/<name>.txt. Its head says where and when
// they were read, and what makes a span, or a record, one of the instrumentation's.
type dialectNames struct {
	file                               string
	dialect, repository, path, version string
	scope, spanName, event             string
	with                               map[string]any // attributes that a span of it has anyway
	names                              []string
	examples                           map[string]string // a value, where no general one will do
}

func readCensus(t *testing.T) []dialectNames {
	t.Helper()
	files, err := filepath.Glob("testdata/census/*.txt")
	require.NoError(t, err)
	var all []dialectNames
	for _, file := range files {
		if filepath.Base(file) != ignoredFile {
			all = append(all, readDialect(t, file))
		}
	}
	require.NotEmpty(t, all)
	return all
}

func readDialect(t *testing.T, file string) dialectNames {
	t.Helper()
	d := dialectNames{file: filepath.Base(file), with: map[string]any{}, examples: map[string]string{}}
	for _, line := range linesOf(t, file) {
		head, isHead := strings.CutPrefix(line, "# ")
		if !isHead {
			name, example, has := strings.Cut(line, " = ")
			if has {
				d.examples[name] = example
			}
			d.names = append(d.names, name)
			continue
		}
		key, value, _ := strings.Cut(head, ": ")
		switch key {
		case "dialect":
			d.dialect = value
		case "repository":
			d.repository = value
		case "path":
			d.path = value
		case "version":
			d.version = value
		case "scope":
			d.scope = value
		case "span":
			d.spanName = value
		case "event":
			d.event = value
		case "with":
			name, value, _ := strings.Cut(value, "=")
			d.with[name] = value
		default:
			t.Fatalf("%s: %q is not a key of the head", file, key)
		}
	}
	return d
}

func linesOf(t *testing.T, file string) []string {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	var all []string
	for scanner := bufio.NewScanner(f); scanner.Scan(); {
		if line := strings.TrimSpace(scanner.Text()); line != "" {
			all = append(all, line)
		}
	}
	return all
}

const ignoredFile = "ignored.txt"

// ignoredNames are names that are not read on purpose, each with the
// reason. Where another dialect has a use for the name, the file of the one that is
// meant stands before it ("codex.txt: tool_token_count").
type ignoredNames struct {
	name, because string
}

func readIgnored(t *testing.T) []ignoredNames {
	t.Helper()
	var all []ignoredNames
	because := ""
	for _, line := range linesOf(t, filepath.Join("testdata", "census", ignoredFile)) {
		if reason, ok := strings.CutPrefix(line, "# because: "); ok {
			because = reason
			continue
		}
		require.NotEmpty(t, because, "%s has no reason", line)
		all = append(all, ignoredNames{line, because})
	}
	return all
}

func (i ignoredNames) matches(file, name string) bool {
	return i.name == name || i.name == file+": "+name
}

// probes are values that a name is tried with: names want numbers, words, truths,
// instants, or messages.
var probes = []any{
	"probe", int64(7), 0.25, true, "2026-11-01T12:00:00.250Z", "pending_span", "llm", "workflow", "tool", "agent", "embedding", "chat", "USD", "provider",
	`[{"role":"user","content":"probe"}]`,
	[]any{"probe"},
	"exclusive", "invoke_agent",
}

// bases are attributes on top of which a name is tried: some are only read beside
// others (a name of an agent beside its kind, a score beside its name, a part of a
// count beside the count).
var bases = []map[string]any{
	{},
	{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": int64(1000), "gen_ai.usage.output_tokens": int64(1000)},
	{"gen_ai.evaluation.name": "n", "evaluation.label": "l"},
	{"evaluation.score": 0.5},
	{"traceloop.span.kind": "tool"},
	{"traceloop.span.kind": "agent"},
	{"traceloop.span.kind": "workflow"},
	{"all_messages_events": "[]"},
	{"gen_ai.usage.cost.amount": 0.5, "gen_ai.usage.cost.currency": "USD", "gen_ai.usage.cost.source": "provider"},
	{"gen_ai.usage.cost.amount": 0.5, "gen_ai.usage.cost.currency": "USD"},
	{"gen_ai.usage.input_tokens": int64(1000), "gen_ai.usage.cache_read.input_tokens": int64(500)},
}

// factsOf is all that a view says, as text.
func factsOf(v *View) string {
	var b strings.Builder
	fmt.Fprintln(&b, v.Kind(), v.Operation(), v.Provider(), v.System(), v.Model(), v.IsPending(), v.SumsUp(), v.MastraSpanType(), v.ServiceTier(), v.Environment())
	usage, state := v.Usage()
	fmt.Fprintln(&b, usage, state)
	for f := Field(1); f < fieldCount; f++ {
		if v.Has(f) {
			b.WriteString(strconv.Itoa(int(f)) + v.Str(f) + "\n")
		}
	}
	for _, of := range []func() (Content, bool){v.Input, v.Output} {
		if content, ok := of(); ok {
			b.Write(content.AppendJSON(nil))
		}
		fmt.Fprintln(&b)
	}
	charge, charged := v.Charge()
	cost, stated := v.ClientCost()
	first, hasFirst := v.FirstToken()
	evaluation, judged := v.Evaluation()
	fmt.Fprintln(&b, charge, charged, cost, stated, first, hasFirst, evaluation, judged, v.ToolText(), v.Tags(), v.FinishReasons())
	v.EachMastraMetadata(func(key string, value pcommon.Value) { fmt.Fprintln(&b, key, value.AsString()) })
	return b.String()
}

// viewOfDialect reads a span, or a record, that the instrumentation could have
// written.
func (d *dialectNames) view(t *testing.T, attributes map[string]any) *View {
	t.Helper()
	scope := pcommon.NewInstrumentationScope()
	scope.SetName(d.scope)
	var v View
	if d.event != "" {
		record := plog.NewLogRecord()
		require.NoError(t, record.Attributes().FromRaw(attributes))
		record.Attributes().PutStr(eventNameKey, d.event)
		v.ReadRecord(pcommon.NewResource(), scope, record)
		return &v
	}
	span := ptrace.NewSpan()
	span.SetName(d.spanName)
	span.SetStartTimestamp(1793534400_000000000) // 2026-11-01T12:00:00Z
	span.SetEndTimestamp(1793534460_000000000)
	require.NoError(t, span.Attributes().FromRaw(attributes))
	v.Read(pcommon.NewResource(), scope, span)
	return &v
}

// reads reports whether any value of the name, on any base, changes what the view
// says.
func (d *dialectNames) reads(t *testing.T, name string) bool {
	t.Helper()
	values := probes
	if example, ok := d.examples[name]; ok {
		values = append([]any{example}, probes...)
	}
	for _, base := range bases {
		attributes := maps.Clone(base)
		maps.Copy(attributes, d.with)
		delete(attributes, name)
		before := factsOf(d.view(t, attributes))
		for _, value := range values {
			attributes[name] = value
			if factsOf(d.view(t, attributes)) != before {
				return true
			}
		}
	}
	return false
}

// TestCensus holds the vocabulary to the names that instrumentations are known to
// write: each is read, which shows in what a view says once the name is on a span of
// that instrumentation, or it is on the list of those that are not, with the reason.
func TestCensus(t *testing.T) {
	ignored := readIgnored(t)
	used := map[string]bool{}
	read, left := 0, 0
	for _, d := range readCensus(t) {
		for _, fact := range []string{d.dialect, d.repository, d.path, d.version} {
			assert.NotEmpty(t, fact, "%s: its head has dialect, repository, path and version", d.file)
		}
		require.NotEmpty(t, d.names, d.file)
		assert.True(t, slices.IsSorted(d.names), "%s is not sorted", d.file)
		for _, name := range d.names {
			isRead, because := d.reads(t, name), ""
			for _, i := range ignored {
				if i.matches(d.file, name) {
					because = i.because
					used[i.name] = true
				}
			}
			switch {
			case isRead && because != "":
				t.Errorf("%s: %s is read, and on the list of ignored names (%s)", d.file, name, because)
			case !isRead && because == "":
				t.Errorf("%s: %s is neither read nor on the list of ignored names", d.file, name)
			case isRead:
				read++
			default:
				left++
			}
		}
	}
	for _, i := range ignored {
		assert.True(t, used[i.name], "%s is ignored, and nobody writes it", i.name)
	}
	t.Logf("%d names read, %d ignored", read, left)
}

// TestTheCensusNoticesAName shows that a name nobody knows is not taken for read.
func TestTheCensusNoticesAName(t *testing.T) {
	d := dialectNames{scope: "x"}
	for _, name := range []string{"gen_ai.no.such.name", "llm.no_such_name", "mastra_no.such", "no_such_name"} {
		assert.False(t, d.reads(t, name), name)
	}
	for _, name := range []string{"gen_ai.request.model", "gen_ai.usage.input_tokens", "session.id"} {
		assert.True(t, d.reads(t, name), name)
	}
}
