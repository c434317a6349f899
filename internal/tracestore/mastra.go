package tracestore

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// mastraTable is the table in which @mastra/libsql keeps spans.
const mastraTable = "mastra_ai_spans"

// mastraColumn is a column of mastraTable with the value that a span has in it.
type mastraColumn struct {
	name    string
	kind    string // SQL type
	notNull bool
	value   func(*Span, *rowContext) any
}

// mastraColumns are the columns of @mastra/libsql 1.23.1, in its order, as
// LibSQLStore.init() creates them (mastra reference 2.1). Columns without a
// value are those that Mastra never writes for spans either.
var mastraColumns = []mastraColumn{
	{"traceId", "TEXT", true, func(s *Span, _ *rowContext) any { return s.TraceID }},
	{"spanId", "TEXT", true, func(s *Span, _ *rowContext) any { return s.SpanID }},
	{"name", "TEXT", true, func(s *Span, _ *rowContext) any { return s.Mastra.Name }},
	{"spanType", "TEXT", true, func(s *Span, _ *rowContext) any { return s.Facts.Type }},
	{"isEvent", "INTEGER", true, func(s *Span, _ *rowContext) any { return boolean(s.Mastra.IsEvent) }},
	{"startedAt", "TEXT", true, func(s *Span, _ *rowContext) any { return isoMillis(startOf(s)) }},
	{"parentSpanId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.ParentSpanID) }},
	{"entityType", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.EntityType) }},
	{"entityId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.EntityID) }},
	{"entityName", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.EntityName) }},
	{"parentEntityType", "TEXT", false, nil},
	{"parentEntityId", "TEXT", false, nil},
	{"parentEntityName", "TEXT", false, nil},
	{"rootEntityType", "TEXT", false, nil},
	{"rootEntityId", "TEXT", false, nil},
	{"rootEntityName", "TEXT", false, nil},
	{"userId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.UserID) }},
	{"organizationId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.OrganizationID) }},
	{"resourceId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.ResourceID) }},
	{"runId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.RunID) }},
	{"sessionId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.SessionID) }},
	{"threadId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.ThreadID) }},
	{"requestId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.RequestID) }},
	{"environment", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.Environment) }},
	{"serviceName", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Resource.ServiceName) }},
	{"scope", "TEXT", false, func(s *Span, _ *rowContext) any { return jsonText(s.Mastra.Scope) }},
	{"entityVersionId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.EntityVersionID) }},
	{"parentEntityVersionId", "TEXT", false, nil},
	{"rootEntityVersionId", "TEXT", false, nil},
	{"experimentId", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.ExperimentID) }},
	{"source", "TEXT", false, func(s *Span, _ *rowContext) any { return text(s.Mastra.Source) }},
	{"metadata", "TEXT", false, func(s *Span, _ *rowContext) any { return jsonText(s.Mastra.Metadata) }},
	{"tags", "TEXT", false, func(s *Span, _ *rowContext) any { return jsonText(s.Mastra.Tags) }},
	{"attributes", "TEXT", false, func(s *Span, _ *rowContext) any { return jsonText(s.Mastra.Attributes) }},
	{"links", "TEXT", false, func(s *Span, _ *rowContext) any { return jsonText(s.Mastra.Links) }},
	{"input", "TEXT", false, func(s *Span, _ *rowContext) any { return jsonText(s.Mastra.Input) }},
	{"output", "TEXT", false, func(s *Span, _ *rowContext) any { return jsonText(s.Mastra.Output) }},
	{"error", "TEXT", false, func(s *Span, _ *rowContext) any { return jsonText(s.Mastra.Error) }},
	{"endedAt", "TEXT", false, func(s *Span, _ *rowContext) any {
		if s.Mastra.IsEvent || s.Facts.Pending {
			return nil
		}
		return isoMillis(endOf(s))
	}},
	{"requestContext", "TEXT", false, nil},
	{"createdAt", "TEXT", true, func(_ *Span, c *rowContext) any { return c.at.iso }},
	{"updatedAt", "TEXT", false, nil},
}

// mastraIndexes are created in Mastra's own words, so that its init() finds
// them by name.
var mastraIndexes = []string{
	`CREATE UNIQUE INDEX IF NOT EXISTS mastra_ai_spans_spanid_traceid_idx ON mastra_ai_spans ("spanId", "traceId")`,
	`CREATE INDEX IF NOT EXISTS mastra_ai_spans_roots_started_at_idx ON mastra_ai_spans ("startedAt" DESC) WHERE "parentSpanId" IS NULL`,
	`CREATE INDEX IF NOT EXISTS mastra_ai_spans_trace_started_at_idx ON mastra_ai_spans ("traceId", "startedAt")`,
}

// mastraInsert writes a row. A row that is there already was written by
// somebody else (ours would have been noticed in otel_spans): ours takes its
// place, because otel_span_data may refer to it.
var mastraInsert = mastraRow + mastraConflict

var mastraRow, mastraConflict = buildMastraInsert()

// mastraWritten are the columns that an insert fills.
var mastraWritten = func() []column[Span] {
	var written []column[Span]
	for _, c := range mastraColumns {
		if c.value != nil {
			written = append(written, column[Span]{c.name, c.value})
		}
	}
	return written
}()

func buildMastraInsert() (insert, conflict string) {
	names := make([]string, 0, len(mastraColumns))
	updates := make([]string, 0, len(mastraColumns))
	for _, c := range mastraColumns {
		switch {
		case c.value == nil:
			continue
		case c.name == "traceId", c.name == "spanId", c.name == "createdAt":
		default:
			updates = append(updates, fmt.Sprintf(`"%[1]s" = excluded."%[1]s"`, c.name))
		}
		names = append(names, `"`+c.name+`"`)
	}
	insert = fmt.Sprintf(`INSERT INTO mastra_ai_spans (%s) VALUES (%s)`, strings.Join(names, ", "), placeholders(len(names)))
	conflict = fmt.Sprintf(` ON CONFLICT ("spanId", "traceId") DO UPDATE SET %s, "updatedAt" = excluded."createdAt"`, strings.Join(updates, ", "))
	return insert, conflict
}

// takeOverMastra makes mastra_ai_spans, or brings one that Mastra made to the
// shape that its newest store would give it: missing columns are added, missing
// indexes made, nothing is taken away.
func takeOverMastra(ctx context.Context, db database) error {
	have, err := tableColumns(ctx, db, mastraTable)
	if err != nil {
		return err
	}
	var changes []statement
	if len(have) == 0 {
		changes = append(changes, statement{sql: mastraCreate()})
	} else {
		for _, c := range mastraColumns {
			if !have[strings.ToLower(c.name)] {
				// As Mastra adds them: nullable, since the rows there have no value.
				changes = append(changes, statement{sql: fmt.Sprintf("ALTER TABLE mastra_ai_spans ADD COLUMN %q %s", c.name, c.kind)})
			}
		}
	}
	for _, ddl := range mastraIndexes {
		changes = append(changes, statement{sql: ddl})
	}
	err = db.apply(ctx, changes)
	if failureOf(err) == rowRejected {
		return errors.New("table mastra_ai_spans holds a span more than once, so that its unique index cannot be made: run `npx mastra migrate` against this database first")
	}
	return err
}

func mastraCreate() string {
	columns := make([]string, len(mastraColumns))
	for i, c := range mastraColumns {
		columns[i] = fmt.Sprintf("%q %s", c.name, c.kind)
		if c.notNull {
			columns[i] += " NOT NULL"
		}
	}
	return "CREATE TABLE IF NOT EXISTS mastra_ai_spans (" + strings.Join(columns, ", ") + ")"
}

// tableColumns returns the lower-cased names of a table's columns; none where
// there is no such table.
func tableColumns(ctx context.Context, db database, table string) (map[string]bool, error) {
	names := map[string]bool{}
	err := db.query(ctx, statement{sql: "SELECT lower(name) FROM pragma_table_info(?)", args: []any{table}}, func(row []any) error {
		names[asText(row[0])] = true
		return nil
	})
	return names, err
}
