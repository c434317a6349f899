package cli

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// usages say what flags of filters are, by the tag of the field.
var usages = map[string]string{
	"service":      "of this service",
	"environment":  "of this environment (deployment.environment.name)",
	"provider":     "with a call of this provider",
	"model":        "with a call of this model",
	"agent":        "with a run of this agent",
	"tool":         "with a call of this tool",
	"user":         "of this user",
	"tenant":       "of this tenant",
	"session":      "of this session or conversation",
	"name":         "whose root has this name",
	"span_name":    "with a span of this name",
	"span_service": "with a span of this service",
	"status":       "ok, error, running, root_missing, broken_off, unpriced or redacted",
	"min_duration": "that took at least this long, such as 2s",
	"max_duration": "that took at most this long",
	"min_cost":     "that cost at least this many US dollars",
	"max_cost":     "that cost at most this many US dollars",
	"min_tokens":   "with at least this many tokens, in and out",
	"min_errors":   "with at least this many failed spans",
	"text":         "with this text in an input, an output, an error or a name",
	"attribute":    "with a span that has this attribute, NAME=VALUE",
	"since":        "that started then or later: 24h, 7d, today, yesterday, 2026-11-30, 2026-11-30T14:00 or RFC 3339",
	"until":        "that started before, in the same forms",
	"order":        "latest, slowest, cost, tokens or errors",
	"limit":        "at most this many",
	"cursor":       "go on where a page has ended: the next of --json",
	"column":       "an attribute of the root to add to --json",
	"by":           "add up by day, provider, model, agent, user, tenant, service or environment; at most two",
	"zone":         "the zone of days, such as Europe/Berlin (default: this machine's)",
}

// addFilterFlags gives a command a flag for each field of a filter that has a tag, except
// those named, with a number that the filter has as its default. filter is a pointer to a
// struct.
func addFilterFlags(cmd *cobra.Command, filter any, except ...string) {
	value := reflect.ValueOf(filter).Elem()
	for i := range value.NumField() {
		tag := value.Type().Field(i).Tag.Get("query")
		if tag == "" || slices.Contains(except, tag) {
			continue
		}
		name, usage := strings.ReplaceAll(tag, "_", "-"), usages[tag]
		switch field := value.Field(i).Addr().Interface().(type) {
		case *[]string:
			cmd.Flags().StringArrayVar(field, name, nil, usage+listUsage(tag))
		case *string:
			cmd.Flags().StringVar(field, name, "", usage)
		case *int:
			cmd.Flags().IntVar(field, name, *field, usage)
		case *int64:
			cmd.Flags().Int64Var(field, name, 0, usage)
		case *float64:
			cmd.Flags().Float64Var(field, name, 0, usage)
		case *time.Duration:
			cmd.Flags().DurationVar(field, name, 0, usage)
		case *time.Time:
			cmd.Flags().Var(&momentFlag{at: field, now: time.Now}, name, usage)
		default:
			panic("a filter has a field of a type that no flag has: " + tag)
		}
	}
}

func listUsage(tag string) string {
	if tag == "by" || tag == "column" {
		return ""
	}
	return "; may be given several times, and any of them will do"
}

// momentFlag is a flag of a moment, in the zone of the machine unless in says another.
type momentFlag struct {
	at   *time.Time
	now  func() time.Time
	text string
}

var _ pflag.Value = (*momentFlag)(nil)

func (m *momentFlag) String() string {
	if m.at == nil || m.at.IsZero() {
		return ""
	}
	return m.at.Format(time.RFC3339)
}

// Type is what the help shows.
func (*momentFlag) Type() string { return "time" }

// Set reads a moment.
func (m *momentFlag) Set(text string) error {
	at, err := moment(text, m.now())
	if err == nil {
		*m.at, m.text = at, text
	}
	return err
}

// in reads the moment again, where one was given, as one of a zone.
func (m *momentFlag) in(zone *time.Location) error {
	if m.text == "" {
		return nil
	}
	at, err := moment(m.text, m.now().In(zone))
	*m.at = at
	return err
}

// layouts of moments without a zone, beside a day.
var layouts = []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", time.DateTime}

// moment reads a time: how long ago, a day or an instant. Days are those of now's zone.
func moment(text string, now time.Time) (time.Time, error) {
	switch text {
	case "now":
		return now, nil
	case "today":
		return midnight(now, 0), nil
	case "yesterday":
		return midnight(now, -1), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return query.StartOfDay(day.Year(), day.Month(), day.Day(), now.Location()), nil
	}
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, nil
		}
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, errors.New("write 24h, 7d, today, yesterday, 2026-11-30, 2026-11-30T14:00 or an instant as in RFC 3339")
}

func midnight(t time.Time, days int) time.Time {
	return query.StartOfDay(t.Year(), t.Month(), t.Day()+days, t.Location())
}
