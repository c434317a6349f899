package otlpwire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// FromJSON returns the protobuf form of a request in OTLP/JSON, and what Scan says of
// it. It takes all that the JSON mapping of protobuf allows and what exporters send
// beside it: null anywhere is a field that is absent, numbers may be texts, enums names,
// names of fields those of protobuf, ids base64, and half of a surrogate pair becomes
// U+FFFD. Fields that OTLP does not have are skipped. An error names the place and
// repeats no value.
//
// https://protobuf.dev/programming-guides/json/
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
func FromJSON(request *Message, body []byte, limit int) (protobuf []byte, size int, err error) {
	t := &transcoder{lexer: lexer{src: bytes.TrimPrefix(body, byteOrderMark)}, limit: limit, bytes: request.bytes}
	t.out = make([]byte, 0, len(body)/2)
	if err := t.document(request); err != nil {
		return nil, t.bytes, err
	}
	return t.out, t.bytes, nil
}

var byteOrderMark = []byte("\xef\xbb\xbf")

type transcoder struct {
	lexer
	out          []byte
	scratch      []byte
	limit, bytes int
	depth        int
}

func (t *transcoder) document(request *Message) error {
	if t.peek() == 0 {
		return errors.New("not JSON: the body is empty")
	}
	if err := t.message(request); err != nil {
		return err
	}
	if t.peek(); t.pos < len(t.src) {
		return t.unexpected("the end of the body")
	}
	return nil
}

// message writes the fields of an object. null is one without fields.
func (t *transcoder) message(m *Message) error {
	if null, err := t.null(); null || err != nil {
		return err
	}
	if t.depth++; t.depth > MaxDepth {
		return errTooDeep
	}
	defer func() { t.depth-- }()
	if !t.take('{') {
		return t.unexpected("an object")
	}
	if t.take('}') {
		return nil
	}
	for {
		key, err := t.text()
		if err != nil {
			return err
		}
		f := m.byName[string(key)]
		if !t.take(':') {
			return t.unexpected("a colon")
		}
		if f == nil {
			err = t.skip()
		} else if err = t.field(m, f); err != nil {
			err = at(f.name, err)
		}
		if err != nil {
			return err
		}
		if t.take('}') {
			return nil
		}
		if !t.take(',') {
			return t.unexpected("a comma or the end of the object")
		}
	}
}

func (t *transcoder) field(m *Message, f *field) error {
	if null, err := t.null(); null || err != nil {
		return err
	}
	if f.repeated {
		return t.list(f)
	}
	return t.value(m, f)
}

// list writes the elements of an array: messages one by one, numbers packed.
func (t *transcoder) list(f *field) error {
	if !t.take('[') {
		return t.unexpected("an array")
	}
	packed := f.kind != protoreflect.MessageKind && f.kind != protoreflect.StringKind && f.kind != protoreflect.BytesKind
	start := 0
	if packed {
		start = t.begin(f.number)
	}
	for i := 0; ; i++ {
		if i == 0 && t.take(']') {
			break
		}
		if err := t.element(f, packed); err != nil {
			return at("["+strconv.Itoa(i)+"]", err)
		}
		if t.take(']') {
			break
		}
		if !t.take(',') {
			return t.unexpected("a comma or the end of the array")
		}
	}
	if packed {
		t.end(start)
	}
	return nil
}

// element writes an element of an array. A null is kept where its place counts: as an
// empty value in the array of an attribute, as NaN (which JSON.stringify makes null of)
// or 0 among numbers. In other arrays it is left out.
func (t *transcoder) element(f *field, packed bool) error {
	null, err := t.null()
	switch {
	case err != nil:
		return err
	case !null && packed:
		return t.scalar(f)
	case !null:
		return t.value(nil, f)
	case f.child != nil && f.child.double != nil:
		t.end(t.begin(f.number))
		return t.charge(f.cost)
	case packed:
		t.out = appendNull(t.out, f.kind)
		return t.charge(f.cost)
	default:
		return nil
	}
}

// value writes a field with its tag.
func (t *transcoder) value(m *Message, f *field) error {
	switch f.kind {
	case protoreflect.MessageKind:
		if err := t.charge(f.cost); err != nil {
			return err
		}
		start := t.begin(f.number)
		if err := t.message(f.child); err != nil {
			return err
		}
		t.end(start)
		return nil
	case protoreflect.StringKind:
		text, err := t.text()
		if err != nil {
			return err
		}
		return t.bytesValue(f, text)
	case protoreflect.BytesKind:
		raw, err := t.binary(f)
		if err != nil {
			return err
		}
		return t.bytesValue(f, raw)
	default:
		tag, charged := len(t.out), t.bytes
		t.out = protowire.AppendTag(t.out, f.number, wireType(f.kind))
		begin := t.pos
		err := t.scalar(f)
		if err != nil && m != nil && m.double != nil && f.kind == protoreflect.Int64Kind {
			// JavaScript takes 1e21 for an integer, and no exporter can say otherwise.
			t.out, t.pos, t.bytes = t.out[:tag], begin, charged
			if double := t.value(nil, m.double); double == nil {
				return nil
			}
		}
		return err
	}
}

func (t *transcoder) bytesValue(f *field, value []byte) error {
	if err := t.charge(f.valueCost(len(value))); err != nil {
		return err
	}
	t.out = protowire.AppendTag(t.out, f.number, protowire.BytesType)
	t.out = protowire.AppendBytes(t.out, value)
	return nil
}

// charge counts what a value takes once it is decoded.
func (t *transcoder) charge(cost int) error {
	if t.bytes += cost; t.bytes > t.limit {
		return ErrTooLarge
	}
	return nil
}

// begin writes the tag of a value of variable length and leaves a byte for its length.
func (t *transcoder) begin(number protowire.Number) int {
	t.out = append(protowire.AppendTag(t.out, number, protowire.BytesType), 0)
	return len(t.out)
}

// end writes the length of what has come since begin.
func (t *transcoder) end(start int) {
	length := len(t.out) - start
	if length < 1<<7 {
		t.out[start-1] = byte(length)
		return
	}
	var prefix [10]byte
	n := len(protowire.AppendVarint(prefix[:0], uint64(length)))
	t.out = slices.Insert(t.out, start, prefix[:n-1]...)
	protowire.AppendVarint(t.out[:start-1], uint64(length))
}

func wireType(kind protoreflect.Kind) protowire.Type {
	switch kind {
	case protoreflect.DoubleKind, protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return protowire.Fixed64Type
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return protowire.Fixed32Type
	default:
		return protowire.VarintType
	}
}

// placeError is an error with the path to its place, outermost first.
type placeError struct {
	path []string
	err  error
}

// longestPath is how many steps of a path an error shows.
const longestPath = 24

func at(step string, err error) error {
	if errors.Is(err, ErrTooLarge) || errors.Is(err, errTooDeep) {
		return err
	}
	var p *placeError
	if !errors.As(err, &p) {
		p = &placeError{err: err}
	}
	p.path = append(p.path, step)
	return p
}

func (p *placeError) Error() string {
	path := ""
	for i := len(p.path) - 1; i >= max(0, len(p.path)-longestPath); i-- {
		if path != "" && p.path[i][0] != '[' {
			path += "."
		}
		path += p.path[i]
	}
	if len(p.path) > longestPath {
		path += "…"
	}
	return fmt.Sprintf("%s: %v", path, p.err)
}

func (p *placeError) Unwrap() error { return p.err }
