package trial

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/component"
)

// what is at a place.
type what int

const (
	folder   what = iota // a folder that is written in
	fileIn               // a file that is written, and read or replaced
	database             // an URL, file:PATH or a server
)

// place is a key of a component under which it names what it writes.
type place struct {
	kind   component.Kind
	typ    string // without underscores
	key    string
	what   what
	create string // the key that has the folder made; always where there is none
	when   string // keys of which one must be true for the place to be used, if any
	// unseen is a place that a start does without: it is moved and not looked at.
	unseen bool
}

// places are those of the components in the binary.
var places = []place{
	{kind: component.KindExtension, typ: "filestorage", key: "directory", what: folder, create: "create_directory"},
	{kind: component.KindExtension, typ: "filestorage", key: "compaction::directory", what: folder, create: "create_directory", when: "compaction::on_start compaction::on_rebound"},
	{kind: component.KindExtension, typ: "pprof", key: "save_to_file", what: fileIn, create: "-"},
	{kind: component.KindExporter, typ: "file", key: "path", what: fileIn, create: "create_directory"},
	{kind: component.KindExporter, typ: "libsql", key: "url", what: database, create: "file::create_directory"},
	{kind: component.KindExporter, typ: "prometheusremotewrite", key: "wal::directory", what: folder},
	{kind: component.KindProcessor, typ: "llmcost", key: "cache_file", what: fileIn, unseen: true},
}

// switches are those that a trial has other than the configuration.
var switches = []struct {
	kind     component.Kind
	typ, key string
	on       bool
}{
	// What a component would tell a destination by itself.
	{component.KindExporter, "datadog", "host_metadata::enabled", false},
	// The database of a trial has no tables.
	{component.KindExporter, "libsql", "create_schema", true},
}

// places has a component write in the folder of the trial, after a look at where it
// would.
func (t *try) places(kind component.Kind, id component.ID, config component.Config, prefix string) {
	typ := strings.ReplaceAll(id.Type().String(), "_", "") // types have older names without it
	for _, p := range places {
		if p.kind != kind || p.typ != typ || p.when != "" && !anyTrue(config, strings.Fields(p.when)) {
			continue
		}
		if value := field(config, p.key); value.Kind() == reflect.String && value.CanSet() && value.String() != "" {
			text := value.String()
			if p.unseen || strings.Contains(text, "*") { // for which an attribute's value stands
				text = t.inFolder(text, p.what) + strings.Repeat("/*", strings.Count(text, "*"))
			} else {
				t.move(&text, prefix+"::"+p.key, p.what, p.create == "" || isOn(config, p.create))
			}
			value.SetString(text)
		}
	}
	for _, s := range switches {
		if value := field(config, s.key); s.kind == kind && s.typ == typ && value.Kind() == reflect.Bool && value.CanSet() {
			value.SetBool(s.on)
		}
	}
}

func isOn(config component.Config, key string) bool {
	value := field(config, key)
	return value.Kind() == reflect.Bool && value.Bool()
}

// field is the value under a key of a component's configuration, relative to it.
func field(config component.Config, key string) (found reflect.Value) {
	walk(config, "", func(v reflect.Value, at string) {
		if at == "::"+key && !found.IsValid() {
			found = v
		}
	})
	return found
}

func anyTrue(config component.Config, keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return isOn(config, key) })
}

// move checks a path and replaces it by one in the folder of the trial, the same for
// the same.
func (t *try) move(path *string, key string, what what, create bool) {
	given, target := *path, *path
	if what == database {
		if !strings.HasPrefix(given, "file:") {
			*path = t.inFolder(given, what) // of a server nothing is asked, and nothing migrated
			return
		}
		target, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(given, "file:"), "//"), "?")
	}
	switch info, err := os.Stat(target); {
	case what == folder:
		t.writable(target, key, create)
	case err != nil:
		t.writable(filepath.Dir(target), key, create)
	case info.IsDir():
		t.report(key, target+" is a folder", "write the path of a file")
	case info.Mode().IsRegular():
		if err := t.opens(target, what); err != nil {
			t.report(key, plain(err), remedyOf(err))
		} else if what == database {
			t.writable(filepath.Dir(target), key, create) // for the write-ahead log
		}
	}
	*path = t.inFolder(given, what)
}

// inFolder is what stands for a path during the trial.
func (t *try) inFolder(given string, what what) string {
	if t.moved[given] == "" {
		t.moved[given] = filepath.Join(t.options.Folder, strconv.Itoa(len(t.moved)))
	}
	instead := t.moved[given]
	switch what {
	case folder:
		if err := os.MkdirAll(instead, 0o700); err != nil {
			t.report("service", fmt.Sprintf("the trial cannot write: %v", err), "set TMPDIR to a folder that can be written")
		}
	case database:
		return "file:" + instead
	case fileIn:
	}
	return instead
}

// opens opens a file that is there as the collector would, and changes nothing.
func (t *try) opens(path string, what what) error {
	mode := os.O_WRONLY
	if what == database {
		mode = os.O_RDWR
	}
	file, err := os.OpenFile(path, mode, 0) //nolint:gosec // it is named in the configuration
	if err != nil || what != database {
		return errors.Join(err, closeIf(file))
	}
	defer file.Close()
	start := make([]byte, len(sqliteMagic))
	if n, _ := io.ReadFull(file, start); n > 0 && string(start[:n]) != sqliteMagic[:n] {
		return fmt.Errorf("%s %s", path, notSQLite)
	}
	return nil
}

const (
	// sqliteMagic is how a database begins: https://www.sqlite.org/fileformat2.html#magic_header_string
	sqliteMagic = "SQLite format 3\x00"
	notSQLite   = "is not a SQLite database"
)

// writable checks a folder, or the one that it would be made in, with a file that is
// removed at once: what a user may write is more than permissions say.
func (t *try) writable(dir, key string, create bool) {
	info, err := os.Stat(dir)
	switch {
	case err == nil && !info.IsDir():
		t.report(key, dir+" is not a folder", "choose another path")
	case err == nil:
		file, err := os.CreateTemp(dir, probe)
		if err != nil {
			t.report(key, fmt.Sprintf("%s cannot be written: %v", dir, reason(err)), "change its owner or permissions, or choose another path")
			return
		}
		_, _ = file.Close(), os.Remove(file.Name())
	case !errors.Is(err, fs.ErrNotExist):
		t.report(key, plain(err), remedyOf(err))
	case !create:
		t.report(key, "the folder "+dir+" does not exist", "make it, or choose another path")
	default:
		parent := dir
		for errors.Is(err, fs.ErrNotExist) && parent != filepath.Dir(parent) {
			parent = filepath.Dir(parent)
			_, err = os.Stat(parent)
		}
		made, err := os.MkdirTemp(parent, probe)
		if err != nil {
			t.report(key, fmt.Sprintf("the folder %s does not exist, and cannot be made in %s: %v", dir, parent, reason(err)), "make it for this user, or choose another path")
			return
		}
		_ = os.Remove(made)
	}
}

func closeIf(file *os.File) error {
	if file == nil {
		return nil
	}
	return file.Close()
}

// probe is the name of what is written to see whether it can be.
const probe = ".otelcol-llm-trial-*"

// reason is an error without the path, which the text has.
func reason(err error) error {
	if withPath, ok := errors.AsType[*fs.PathError](err); ok {
		return withPath.Err
	}
	return err
}
