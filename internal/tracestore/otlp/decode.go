package otlp

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// columns are the JSON texts that references lead to, by the name of their
// column.
type columns map[string]string

// decoder reads the form that Encoder writes.
type decoder struct {
	json    *json.Decoder
	columns columns
}

func newDecoder(text string, c columns) *decoder {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return &decoder{json: d, columns: c}
}

// decodeList reads what AppendAttributes has written into m.
func decodeList(text string, c columns, m pcommon.Map) error {
	d := newDecoder(text, c)
	if err := d.expect('{'); err != nil {
		return err
	}
	for d.json.More() {
		key, err := d.text()
		if err != nil {
			return err
		}
		if key == "$run" {
			if err := d.run(m); err != nil {
				return err
			}
			continue
		}
		if strings.HasPrefix(key, "$$") {
			key = key[1:]
		}
		if err := d.member(key, m); err != nil {
			return err
		}
	}
	return d.expect('}')
}

// run reads the attributes that stand in a column as members of an object.
func (d *decoder) run(m pcommon.Map) error {
	var at [4]json.RawMessage
	if err := d.json.Decode(&at); err != nil {
		return err
	}
	var column, prefix string
	var first, n int
	for i, to := range []any{&column, &prefix, &first, &n} {
		if err := json.Unmarshal(at[i], to); err != nil {
			return err
		}
	}
	object := newDecoder(d.columns[column], nil)
	if d.columns[column] == "" {
		return errNothingThere
	}
	if err := object.expect('{'); err != nil {
		return err
	}
	for i := 0; i < first+n; i++ {
		name, err := object.text()
		if err != nil {
			return errNothingThere
		}
		var raw json.RawMessage
		if err := object.json.Decode(&raw); err != nil {
			return err
		}
		if i < first {
			continue
		}
		out, there := m.GetOrPutEmpty(prefix + name)
		if there {
			continue
		}
		if err := fromMember(raw, out); err != nil {
			return err
		}
	}
	return nil
}

// fromMember reads a member of an object: an object or a list is the text of a
// string.
func fromMember(raw []byte, out pcommon.Value) error {
	if len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
		out.SetStr(string(raw))
		return nil
	}
	return newDecoder(string(raw), nil).value(out)
}

// decodeAttributes reads attributes into m.
func decodeAttributes(text string, c columns, m pcommon.Map) error {
	if text == "" {
		return nil
	}
	d := newDecoder(text, c)
	if err := d.expect('{'); err != nil {
		return err
	}
	return d.members(m)
}

func (d *decoder) expect(delim json.Delim) error {
	token, err := d.json.Token()
	if err != nil {
		return err
	}
	if token != delim {
		return fmt.Errorf("%v where %v is expected", token, delim)
	}
	return nil
}

// members reads key after key up to the closing brace.
func (d *decoder) members(m pcommon.Map) error {
	for d.json.More() {
		key, err := d.text()
		if err != nil {
			return err
		}
		if err := d.member(key, m); err != nil {
			return err
		}
	}
	return d.expect('}')
}

// member reads the value of a key. Of a key that comes twice, which OTLP
// forbids, the first value stays: it is the one that pdata finds.
func (d *decoder) member(key string, m pcommon.Map) error {
	value := pcommon.NewValueEmpty()
	if err := d.value(value); err != nil {
		return err
	}
	if out, there := m.GetOrPutEmpty(key); !there {
		value.MoveTo(out)
	}
	return nil
}

func (d *decoder) text() (string, error) {
	token, err := d.json.Token()
	if err != nil {
		return "", err
	}
	text, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("%v where a string is expected", token)
	}
	return text, nil
}

func (d *decoder) value(out pcommon.Value) error {
	token, err := d.json.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case nil:
	case string:
		out.SetStr(t)
	case bool:
		out.SetBool(t)
	case json.Number:
		return setNumber(out, t.String())
	case json.Delim:
		if t == '[' {
			return d.list(out.SetEmptySlice())
		}
		return d.object(out)
	}
	return nil
}

func setNumber(out pcommon.Value, text string) error {
	if !strings.ContainsAny(text, ".eE") {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			out.SetInt(n)
			return nil
		}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return err
	}
	out.SetDouble(f)
	return nil
}

func (d *decoder) list(out pcommon.Slice) error {
	for d.json.More() {
		if err := d.value(out.AppendEmpty()); err != nil {
			return err
		}
	}
	return d.expect(']')
}

// object reads a map, or what stands for a value that JSON cannot say.
func (d *decoder) object(out pcommon.Value) error {
	if !d.json.More() {
		out.SetEmptyMap()
		return d.expect('}')
	}
	key, err := d.text()
	if err != nil {
		return err
	}
	if strings.HasPrefix(key, "$") {
		return d.wrapped(key, out)
	}
	m := out.SetEmptyMap()
	if err := d.member(key, m); err != nil {
		return err
	}
	return d.members(m)
}

func (d *decoder) wrapped(kind string, out pcommon.Value) error {
	if kind == "$map" {
		if err := d.expect('{'); err != nil {
			return err
		}
		if err := d.members(out.SetEmptyMap()); err != nil {
			return err
		}
		return d.expect('}')
	}
	text, err := d.text()
	if err != nil {
		return err
	}
	at := ""
	for d.json.More() {
		if key, err := d.text(); err != nil || key != "at" {
			return errors.Join(err, fmt.Errorf("unknown member %q of a %s", key, kind))
		}
		if at, err = d.text(); err != nil {
			return err
		}
	}
	if err := d.expect('}'); err != nil {
		return err
	}
	return d.unwrap(kind, text, at, out)
}

func (d *decoder) unwrap(kind, text, at string, out pcommon.Value) error {
	switch kind {
	case "$int":
		n, err := strconv.ParseInt(text, 10, 64)
		out.SetInt(n)
		return err
	case "$double":
		f, err := strconv.ParseFloat(text, 64)
		out.SetDouble(f)
		return err
	case "$bytes":
		raw, err := base64.StdEncoding.DecodeString(text)
		out.SetEmptyBytes().FromRaw(raw)
		return err
	case "$deep":
		return newDecoder(text, nil).value(out)
	case "$text", "$string", "$value":
		raw, err := lookUp(d.columns[text], at)
		if err != nil {
			return fmt.Errorf("column %s: %w", text, err)
		}
		return fromColumn(kind, raw, out)
	}
	return fmt.Errorf("unknown kind of value %q", kind)
}

func fromColumn(kind string, raw []byte, out pcommon.Value) error {
	switch kind {
	case "$text":
		out.SetStr(string(raw))
		return nil
	case "$string":
		var text string
		err := json.Unmarshal(raw, &text)
		out.SetStr(text)
		return err
	}
	return newDecoder(string(raw), nil).value(out)
}

// errNothingThere says that a reference leads nowhere: somebody else has
// rewritten the row.
var errNothingThere = errors.New("nothing where a reference leads")

// lookUp follows a JSON Pointer (RFC 6901) and returns the JSON text there.
func lookUp(text, pointer string) ([]byte, error) {
	raw := []byte(text)
	if text == "" {
		return nil, errNothingThere
	}
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		var err error
		if raw, err = child(raw, part); err != nil {
			return nil, err
		}
	}
	return raw, nil
}

func child(raw []byte, name string) ([]byte, error) {
	var next json.RawMessage
	switch trimmed := bytes.TrimLeft(raw, " \t\r\n"); {
	case len(trimmed) > 0 && trimmed[0] == '{':
		var members map[string]json.RawMessage
		if err := json.Unmarshal(raw, &members); err != nil {
			return nil, err
		}
		next = members[name]
	case len(trimmed) > 0 && trimmed[0] == '[':
		var elements []json.RawMessage
		if err := json.Unmarshal(raw, &elements); err != nil {
			return nil, err
		}
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(elements) {
			next = elements[i]
		}
	}
	if next == nil {
		return nil, errNothingThere
	}
	return next, nil
}

// Pointer returns the JSON Pointer of a member below another pointer.
func Pointer(parent, name string) string {
	if !strings.ContainsAny(name, "~/") {
		return parent + "/" + name
	}
	return parent + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
