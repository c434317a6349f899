package tracestore

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// component is our name in otelcol_schema_migrations, which other components
// of a collector may share.
const component = "tracestore"

// migration is one step of the schema. A released one never changes.
type migration struct {
	version  int64
	name     string
	checksum string
	sql      []string
}

// ErrNewerSchema says that a newer release has written the database.
var ErrNewerSchema = errors.New("the database has a newer schema than this binary knows")

// ErrOtherSchema says that the tables are not those of a release.
var ErrOtherSchema = errors.New("the tables are those of a development build")

// ErrSchemaMissing says that tables are missing or old, and may not be made.
var ErrSchemaMissing = errors.New("the tables of the trace store are missing or old; set create_schema: true once, or let a collector with the right to make tables start first")

// bringUpToDate makes and migrates the tables, or only looks at them.
func bringUpToDate(ctx context.Context, db database, o Options) error {
	schema := func() error { return migrate(ctx, db, o.Now()) }
	if o.SchemaMustExist {
		schema = func() error { return checkSchema(ctx, db) }
	}
	if err := schema(); err != nil {
		return err
	}
	return prepareIndex(ctx, db, o)
}

// checkSchema changes nothing.
func checkSchema(ctx context.Context, db database) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	have, err := tableColumns(ctx, db, "otelcol_schema_migrations")
	if err != nil {
		return err
	}
	if len(have) == 0 {
		return ErrSchemaMissing
	}
	applied, err := appliedMigrations(ctx, db)
	if err != nil {
		return err
	}
	if err := refuseForeign(applied, steps); err != nil {
		return err
	}
	have, err = tableColumns(ctx, db, mastraTable)
	if err != nil {
		return err
	}
	if len(applied) < len(steps) || len(have) < len(mastraColumns) {
		return ErrSchemaMissing
	}
	return nil
}

// refuseForeign is an error where a newer release has written the database, or a
// development build whose tables differ from those of this one.
func refuseForeign(applied map[int64]string, steps []migration) error {
	newest := steps[len(steps)-1].version
	at := int64(0)
	for version := range applied {
		at = max(at, version)
	}
	if at > newest {
		return fmt.Errorf("%w: it is at version %d, this binary at %d; use the release that wrote it, or another database",
			ErrNewerSchema, at, newest)
	}
	for _, step := range steps {
		if sum, ok := applied[step.version]; ok && sum != step.checksum {
			return fmt.Errorf("%w: version %d (%s) is not what this binary makes; use the build that wrote it, or another database",
				ErrOtherSchema, step.version, step.name)
		}
	}
	return nil
}

// migrations returns the embedded steps in order. The number that a file's
// name starts with is its version.
func migrations() ([]migration, error) {
	entries, err := schemaFiles.ReadDir("schema")
	if err != nil {
		return nil, err
	}
	var steps []migration
	for _, entry := range entries {
		text, err := schemaFiles.ReadFile(path.Join("schema", entry.Name()))
		if err != nil {
			return nil, err
		}
		number, name, _ := strings.Cut(strings.TrimSuffix(entry.Name(), ".sql"), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("schema file %s: %w", entry.Name(), err)
		}
		statements := splitStatements(string(text))
		sum := sha256.Sum256([]byte(strings.Join(statements, "\n")))
		steps = append(steps, migration{version: version, name: name, checksum: hex.EncodeToString(sum[:8]), sql: statements})
	}
	slices.SortFunc(steps, func(a, b migration) int { return int(a.version - b.version) })
	return steps, nil
}

// splitStatements cuts a schema file where a line ends in a semicolon. That is
// all the syntax that schema files use.
func splitStatements(text string) []string {
	var (
		all  []string
		part strings.Builder
	)
	for line := range strings.Lines(text) {
		if trimmed := strings.TrimSpace(line); trimmed == "" || strings.HasPrefix(trimmed, "--") {
			continue
		}
		part.WriteString(line)
		if strings.HasSuffix(strings.TrimRight(line, " \t\r\n"), ";") {
			all = append(all, strings.TrimSpace(part.String()))
			part.Reset()
		}
	}
	return all
}

const createMigrations = `CREATE TABLE IF NOT EXISTS otelcol_schema_migrations (
  component  TEXT NOT NULL,
  version    INTEGER NOT NULL,
  name       TEXT NOT NULL,
  checksum   TEXT NOT NULL,
  applied_us INTEGER NOT NULL,
  PRIMARY KEY (component, version)
)`

// migrate brings the schema up to date, each step in one transaction of its
// own. PRAGMA user_version is left alone: there is one for each file, and the
// file may be Mastra's.
func migrate(ctx context.Context, db database, now time.Time) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	before, err := pageSize(ctx, db)
	if err != nil {
		return err
	}
	if err := db.apply(ctx, []statement{{sql: createMigrations}}); err != nil {
		return err
	}
	applied, err := appliedMigrations(ctx, db)
	if err != nil {
		return err
	}
	if err := refuseForeign(applied, steps); err != nil {
		return err
	}
	if err := takeOverMastra(ctx, db); err != nil {
		return err
	}
	for _, step := range steps {
		if applied[step.version] != "" {
			continue
		}
		with, err := firstSize(ctx, db, step, before)
		if err == nil {
			err = applyMigration(ctx, db, step, now, with...)
		}
		if err != nil {
			return fmt.Errorf("schema version %d (%s): %w", step.version, step.name, err)
		}
	}
	return nil
}

// stateVersion is the step that makes otel_state.
const stateVersion = 3

// firstSize goes with the step that makes otel_state: what others had in the
// database before us. Where spans are stored already, it is too late to know.
func firstSize(ctx context.Context, db database, step migration, before Size) (with []statement, err error) {
	if step.version != stateVersion || before.Used <= emptySize {
		return nil, nil
	}
	err = db.query(ctx, statement{sql: `SELECT count(*) FROM (SELECT 1 FROM otel_spans LIMIT 1)`}, func(row []any) error {
		if asInt(row[0]) == 0 {
			with = append(with, statement{sql: saveState, args: []any{foreignBytes, before.Used}})
		}
		return nil
	})
	return with, err
}

// applyMigration applies a step, and what goes with it.
func applyMigration(ctx context.Context, db database, step migration, now time.Time, with ...statement) error {
	// The row goes first: where another collector has applied the step in the
	// meantime, its key stops ours before anything is made twice.
	statements := []statement{{
		sql:  `INSERT INTO otelcol_schema_migrations (component, version, name, checksum, applied_us) VALUES (?, ?, ?, ?, ?)`,
		args: []any{component, step.version, step.name, step.checksum, now.UnixMicro()},
	}}
	texts, err := dropsOfOurs(ctx, db, step)
	if err != nil {
		return err
	}
	for _, sql := range texts {
		statements = append(statements, statement{sql: sql})
	}
	err = db.apply(ctx, append(statements, with...))
	if failureOf(err) != rowRejected {
		return err
	}
	applied, again := appliedMigrations(ctx, db)
	if again == nil && applied[step.version] == step.checksum {
		return nil
	}
	return err
}

// dropsOfOurs are the statements of a step without each DROP VIEW of what no step
// has made: another program's table or view of that name stays, as CREATE VIEW IF NOT
// EXISTS lets it stay.
func dropsOfOurs(ctx context.Context, db database, step migration) ([]string, error) {
	steps, err := migrations()
	if err != nil {
		return nil, err
	}
	made := map[string]bool{}
	for _, s := range steps {
		for _, sql := range s.sql {
			// As sqlite_master has it.
			made[strings.TrimSuffix(strings.Replace(sql, " IF NOT EXISTS", "", 1), ";")] = true
		}
	}
	var texts []string
	for _, sql := range step.sql {
		name, drops := strings.CutPrefix(strings.TrimSuffix(sql, ";"), "DROP VIEW ")
		ours := false
		if drops {
			err = db.query(ctx, statement{sql: `SELECT sql FROM sqlite_master WHERE name = ?`, args: []any{name}}, func(row []any) error {
				ours = made[asText(row[0])]
				return nil
			})
			if err != nil {
				return nil, err
			}
		}
		if !drops || ours {
			texts = append(texts, sql)
		}
	}
	return texts, nil
}

// appliedMigrations returns the checksums of the versions that have been applied.
func appliedMigrations(ctx context.Context, db database) (map[int64]string, error) {
	applied := map[int64]string{}
	err := db.query(ctx, statement{
		sql:  `SELECT version, checksum FROM otelcol_schema_migrations WHERE component = ?`,
		args: []any{component},
	}, func(row []any) error {
		applied[asInt(row[0])] = asText(row[1])
		return nil
	})
	return applied, err
}
