package query

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTree(t *testing.T) {
	for name, c := range map[string]struct {
		spans string // id:parent
		want  string
	}{
		"one root":           {"a: b:a c:a d:b", "a(b(d) c)"},
		"a parent not there": {"a: b:x c:b", "a b?(c)"},
		"no root":            {"b:x c:x", "b? c?"},
		"its own parent":     {"a:a b:a", "a?(b)"},
		"a circle":           {"r: a:b b:a", "r a?(b)"},
		"a circle and below": {"a:c b:a c:b d:c", "a?(b(c(d)))"},
		"parent comes later": {"c:b b:a a:", "a(b(c))"},
		"two roots":          {"a: b: c:b", "a b(c)"},
		"none":               {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var trace Trace
			for text := range strings.FieldsSeq(c.spans) {
				id, parent, _ := strings.Cut(text, ":")
				trace.Spans = append(trace.Spans, SpanSummary{SpanID: id, ParentID: parent})
			}
			assert.Equal(t, c.want, drawn(trace.Tree()))
		})
	}
}

func TestADeepTreeIsHung(t *testing.T) {
	var trace Trace
	for i := range 200_000 {
		trace.Spans = append(trace.Spans, SpanSummary{SpanID: strconv.Itoa(i), ParentID: strings.TrimPrefix(strconv.Itoa(i-1), "-1")})
	}
	depth := 0
	for at := trace.Tree(); len(at) == 1; at = at[0].Children {
		depth++
	}
	assert.Equal(t, len(trace.Spans), depth)
}

func drawn(nodes []*Node) string {
	var texts []string
	for _, n := range nodes {
		text := n.SpanID
		if n.ParentMissing {
			text += "?"
		}
		if below := drawn(n.Children); below != "" {
			text += "(" + below + ")"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, " ")
}
