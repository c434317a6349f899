package query

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Bounds of a predicate, as Mastra has them.
const (
	maxPredicateDepth = 12
	maxPredicateNodes = 100
)

// comparisons of a predicate. A value that is missing fulfils ne and nothing else.
var comparisons = map[string]string{"eq": "=", "ne": "IS NOT", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

// add appends the condition on a row of mastra_ai_spans.
func (p *MastraPredicate) add(q *sqlText, row string, depth int, nodes *int) error {
	if *nodes++; depth > maxPredicateDepth || *nodes > maxPredicateNodes {
		return invalidf("where: it has more than %d levels or %d conditions", maxPredicateDepth, maxPredicateNodes)
	}
	switch {
	case p.Spans != nil:
		return p.addSpans(q, row, depth, nodes)
	case p.Scores != nil || p.Feedback != nil:
		return invalidf("where: this store has no scores and no feedback")
	case p.Op == "and" || p.Op == "or":
		q.add("(" + strconv.FormatBool(p.Op == "and"))
		for i := range p.Args {
			q.add(" " + p.Op + " ")
			if err := p.Args[i].add(q, row, depth+1, nodes); err != nil {
				return err
			}
		}
		q.add(")")
		return nil
	case p.Op == "not" && p.Arg != nil:
		q.add("NOT ")
		return p.Arg.add(q, row, depth+1, nodes)
	case comparisons[p.Op] != "":
		q.add("ifnull((")
		if err := p.Left.add(q, row); err != nil {
			return err
		}
		q.add(") " + comparisons[p.Op] + " (")
		if err := p.Right.add(q, row); err != nil {
			return err
		}
		q.add("), false)")
		return nil
	}
	return p.addOther(q, row)
}

// addSpans appends a condition on any span of the trace.
func (p *MastraPredicate) addSpans(q *sqlText, row string, depth int, nodes *int) error {
	inner, not := p.Spans.Some, ""
	if inner == nil {
		inner, not = p.Spans.None, "NOT "
	}
	if inner == nil || row == "s" {
		return invalidf("where: spans has neither some nor none, or stands in spans")
	}
	q.add(not + "EXISTS (SELECT 1 FROM mastra_ai_spans s WHERE s.traceId = m.traceId AND ")
	if err := inner.add(q, "s", depth+1, nodes); err != nil {
		return err
	}
	q.add(")")
	return nil
}

func (p *MastraPredicate) addOther(q *sqlText, row string) error {
	switch p.Op {
	case "in", "notIn":
		var operand MastraOperand
		if err := json.Unmarshal(p.Value, &operand); err != nil || len(p.Set) > maxPredicateNodes {
			return invalidf("where: %s has no value, or more than %d in its set", p.Op, maxPredicateNodes)
		}
		if p.Op == "notIn" {
			q.add("NOT ")
		}
		q.add("ifnull((")
		if err := operand.add(q, row); err != nil {
			return err
		}
		set := make([]any, len(p.Set))
		for i, v := range p.Set {
			var err error
			if set[i], err = literal(v); err != nil {
				return err
			}
		}
		q.add(") IN ("+marks(len(set))+"), false)", set...)
		return nil
	case "exists", "notExists":
		q.add("(")
		if err := addField(q, row, p.Path); err != nil {
			return err
		}
		q.add(map[string]string{"exists": ") IS NOT NULL", "notExists": ") IS NULL"}[p.Op])
		return nil
	case "includes", "notIncludes":
		var value string
		if err := json.Unmarshal(p.Value, &value); err != nil || p.Path != "tags" {
			return invalidf("where: only tags include something, a text")
		}
		if p.Op == "notIncludes" {
			q.add("NOT ")
		}
		q.add("EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid("+row+".tags) THEN "+row+".tags ELSE '[]' END) e WHERE e.value = ?)", value)
		return nil
	}
	return invalidf("where: %q is no condition", shorten(p.Op, 40))
}

func (o *MastraOperand) add(q *sqlText, row string) error {
	if o.Path != "" {
		return addField(q, row, o.Path)
	}
	value, err := literal(o.Literal)
	q.add("?", value)
	return err
}

// literal is a value as an argument.
func literal(v any) (any, error) {
	switch v := v.(type) {
	case string, float64:
		return v, nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	}
	return nil, invalidf("where: a condition has neither a path nor a literal")
}

// predicateFields are columns that a predicate may name.
var predicateFields = []string{
	"traceId", "threadId", "resourceId", "userId", "sessionId", "runId", "organizationId", "environment", "serviceName", "name", "spanType",
	"startedAt", "endedAt", "entityType", "entityId", "entityName", "entityVersionId", "experimentId", "source", "error",
}

// addField appends a field of a row.
func addField(q *sqlText, row, path string) error {
	name, isMetadata := strings.CutPrefix(path, "metadata.")
	switch {
	case slices.Contains(predicateFields, path):
		q.add(row + "." + path)
	case path == "status":
		q.add("CASE WHEN " + row + ".error IS NOT NULL THEN 'error' WHEN " + row + ".endedAt IS NULL THEN 'running' ELSE 'success' END")
	case path == "durationMs":
		q.add("round((julianday(" + row + ".endedAt) - julianday(" + row + ".startedAt)) * 86400000)")
	case path == "model" || path == "provider":
		q.add("CASE WHEN json_valid(" + row + ".attributes) THEN " + row + ".attributes ->> '$." + path + "' END")
	case isMetadata && name != "":
		q.add("SELECT e.value FROM json_each(CASE WHEN json_valid("+row+".metadata) THEN "+row+".metadata ELSE '{}' END) e WHERE e.key = ? AND e.type = 'text'", name)
	default:
		return invalidf("where: traces cannot be looked for by %q", shorten(path, 60))
	}
	return nil
}
