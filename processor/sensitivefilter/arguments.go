package sensitivefilter

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// maxFlag is the length of the longest flag that counts.
const maxFlag = 64

// maxArguments is the number of the arguments of a command that are looked at together.
const maxArguments = 40

// items looks at the items of a list under the key k. In the arguments of a command, a flag says what the one behind it is, as in
// ["mysql", "--password", "x"], and the command where its credentials stand.
func (w *walker) items(list pcommon.Slice, name, path string, k redact.Key, depth int) {
	args := w.arguments(list)
	var flag redact.Key
	for i := range list.Len() {
		item, of := list.At(i), k
		isFlag := item.Type() == pcommon.ValueTypeStr && strings.HasPrefix(item.Str(), "-")
		switch {
		case k.Plain() && i < len(args) && !args[i].Plain():
			of = args[i]
		case k.Plain() && !flag.Plain() && !isFlag:
			of = flag
		}
		flag = redact.Key{}
		if isFlag && len(item.Str()) <= maxFlag {
			flag = w.session.Key("", strings.TrimLeft(item.Str(), "-"))
		}
		w.value(item, name, path, of, depth)
	}
}

// arguments returns the keys of the items of a list of arguments, or nil when nothing is known of them.
func (w *walker) arguments(list pcommon.Slice) []redact.Key {
	command := w.command
	w.command = ""
	if w.again || list.Len() == 0 || list.At(0).Type() != pcommon.ValueTypeStr {
		return nil
	}
	args := w.args[:0]
	if command != "" {
		args = append(args, command)
	}
	for i := range min(list.Len(), maxArguments) {
		text := ""
		if item := list.At(i); item.Type() == pcommon.ValueTypeStr {
			text = item.Str()
		}
		args = append(args, text)
	}
	w.args = args
	keys := w.session.Arguments(args)
	clear(args)
	if command != "" && len(keys) > 0 {
		return keys[1:]
	}
	return keys
}

// commandOf returns the command that is named beside its arguments, or nothing.
func commandOf(m pcommon.Map) string {
	for _, name := range [...]string{"command", "cmd", "Command", "Cmd", "Path"} {
		v, ok := m.Get(name)
		if ok && v.Type() == pcommon.ValueTypeSlice && v.Slice().Len() > 0 {
			v = v.Slice().At(0)
		}
		if ok && v.Type() == pcommon.ValueTypeStr {
			return v.Str()
		}
	}
	return ""
}
