package trial

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/component/componentstatus"
)

// Problem is what keeps a configuration from starting.
type Problem struct {
	Key    string // in the configuration, its parts separated by "::"
	Text   string
	Remedy string
}

// String is a sentence.
func (p Problem) String() string { return p.Key + ": " + p.Text + "; " + p.Remedy }

// remedies are, by what is in an error, what to do.
var remedies = []struct{ text, remedy string }{
	{"private key does not match", "give the key that belongs to the certificate"},
	{"failed to find any PEM data", "give a file in PEM format"},
	{"failed to parse CA", "give a file in PEM format"},
	{"tls: ", "see whether certificate and key are whole, in PEM format, and belong together"},
	{notSQLite, "choose another path, or set file::on_corruption: quarantine to move it aside"},
	{"no such file or directory", "correct the path, or make the file"},
	{"permission denied", "let the collector's user read it, or choose another path"},
	{"address already in use", "end the other process, or give another port"},
	{"unknown status code", "write one that is supported, in capital letters"},
}

func remedyOf(err error) string {
	for _, r := range remedies {
		if strings.Contains(err.Error(), r.text) {
			return r.remedy
		}
	}
	return "see the options in the component's README"
}

// plain is an error on one line.
func plain(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// componentOf finds the component in the errors of upstream's service.
var componentOf = regexp.MustCompile(`(?s)^(?:.*?: )?(?:failed to|error) (?:create|start|creating) (?:"([^"]+)" (receiver|processor|exporter|connector)|(extension|exporter|receiver|processor) "([^"]+)")(?:(?:,| for) [^:]*)?: (.*)$`)

// explain makes a problem of an error of a start.
func (t *try) explain(err error, failed *componentstatus.InstanceID) *Problem {
	p := &Problem{Key: keyOf(failed), Text: plain(err), Remedy: remedyOf(err)}
	if errors.Is(err, fs.ErrNotExist) {
		p.Remedy = "correct the path, or make the file"
	}
	if found := componentOf.FindStringSubmatch(p.Text); found != nil {
		p.Key, p.Text = found[2]+found[3]+"s::"+found[1]+found[4], found[5]
	}
	if p.Key == "service" && strings.Contains(p.Text, "meter provider") {
		p.Key = "service::telemetry::metrics"
	}
	p.Text = strings.TrimPrefix(p.Text, "failed to start extensions: ")
	for moved, instead := range t.moved {
		p.Text = strings.ReplaceAll(p.Text, instead, moved)
	}
	p.Key = t.deepest(p.Key, p.Text)
	return p
}

// deepest is the key, below a component's, of the one value that a text repeats. A
// name that it repeats is that of the section it stands in.
func (t *try) deepest(key, text string) string {
	values, named := map[string]bool{}, map[string]bool{}
	var visit func(key, name string, value any)
	visit = func(at, name string, value any) {
		switch v := value.(type) {
		case string:
			switch {
			case !repeats(text, v):
			case name == "name" || name == "type":
				named[strings.TrimSuffix(at, "::"+name)] = true
			default:
				values[at] = true
			}
		case map[string]any:
			for name, inner := range v {
				visit(at+"::"+name, name, inner)
			}
		case []any:
			for i, inner := range v {
				visit(fmt.Sprintf("%s::%d", at, i), "", inner)
			}
		}
	}
	visit(key, "", t.conf.Get(key))
	for _, found := range []map[string]bool{values, named} {
		if len(found) == 1 {
			for at := range found {
				return at
			}
		}
	}
	return key
}

// repeats reports whether a text has a value in it.
func repeats(text, value string) bool {
	return value != "" && (strings.Contains(text, strconv.Quote(value)) || len(value) >= minRepeated && strings.Contains(text, value))
}

// minRepeated is the length from which a value that is not quoted is taken for one
// that a text repeats.
const minRepeated = 6
