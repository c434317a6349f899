package otlpwire

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// scalar writes a number, a bool or an enum without its tag.
func (t *transcoder) scalar(f *field) error {
	if err := t.charge(f.cost); err != nil {
		return err
	}
	switch f.kind {
	case protoreflect.BoolKind:
		yes, err := t.boolean()
		t.out = protowire.AppendVarint(t.out, protowire.EncodeBool(yes))
		return err
	case protoreflect.EnumKind:
		return t.enumeration(f)
	}
	word, err := t.number()
	if err != nil {
		return err
	}
	switch f.kind {
	case protoreflect.DoubleKind:
		double, err := strconv.ParseFloat(string(word), 64)
		t.out = protowire.AppendFixed64(t.out, math.Float64bits(double))
		return unless(err == nil, "a number")
	case protoreflect.FloatKind:
		float, err := strconv.ParseFloat(string(word), 32)
		t.out = protowire.AppendFixed32(t.out, math.Float32bits(float32(float)))
		return unless(err == nil, "a number")
	case protoreflect.Fixed64Kind, protoreflect.Uint64Kind:
		return t.unsigned(f, word, 64)
	case protoreflect.Fixed32Kind, protoreflect.Uint32Kind:
		return t.unsigned(f, word, 32)
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return t.signed(f, word, 32)
	default:
		return t.signed(f, word, 64)
	}
}

func unless(ok bool, expected string) error {
	if ok {
		return nil
	}
	return errors.New("expected " + expected)
}

func (t *transcoder) unsigned(f *field, word []byte, bits int) error {
	v, err := strconv.ParseUint(string(word), 10, bits)
	if err != nil {
		double, _ := strconv.ParseFloat(string(word), 64)
		v = uint64(double)
		if double < 0 || double != math.Trunc(double) || double >= math.Ldexp(1, bits) || !numeric(word) {
			return fmt.Errorf("expected an integer from 0 to 2^%d-1", bits)
		}
	}
	t.appendBits(f.kind, v)
	return nil
}

func (t *transcoder) signed(f *field, word []byte, bits int) error {
	v, err := strconv.ParseInt(string(word), 10, bits)
	if err != nil {
		double, _ := strconv.ParseFloat(string(word), 64)
		v = int64(double)
		if limit := math.Ldexp(1, bits-1); double < -limit || double >= limit || double != math.Trunc(double) || !numeric(word) {
			return fmt.Errorf("expected an integer of %d bits", bits)
		}
	}
	t.appendBits(f.kind, uint64(v))
	return nil
}

// numeric reports whether a word is a number with a point or an exponent: NaN and inf
// are not, and neither are the hexadecimal numbers that strconv reads.
func numeric(word []byte) bool {
	return len(word) > 0 && len(bytes.Trim(word, "+-.0123456789eE")) == 0 && bytes.ContainsAny(word, "0123456789")
}

// appendBits writes an integer in the form of its kind.
func (t *transcoder) appendBits(kind protoreflect.Kind, v uint64) {
	switch kind {
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		t.out = protowire.AppendFixed64(t.out, v)
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind:
		t.out = protowire.AppendFixed32(t.out, uint32(v))
	case protoreflect.Sint32Kind, protoreflect.Sint64Kind:
		t.out = protowire.AppendVarint(t.out, protowire.EncodeZigZag(int64(v)))
	default:
		t.out = protowire.AppendVarint(t.out, v)
	}
}

func appendNull(out []byte, kind protoreflect.Kind) []byte {
	switch wireType(kind) {
	case protowire.Fixed64Type:
		if kind == protoreflect.DoubleKind {
			return protowire.AppendFixed64(out, math.Float64bits(math.NaN()))
		}
		return protowire.AppendFixed64(out, 0)
	case protowire.Fixed32Type:
		return protowire.AppendFixed32(out, 0)
	default:
		return protowire.AppendVarint(out, 0)
	}
}

// number reads a number or a text that is one, such as NaN and Infinity.
func (t *transcoder) number() ([]byte, error) {
	if t.peek() == '"' {
		return t.text()
	}
	begin := t.pos
	for t.pos < len(t.src) && numberByte[t.src[t.pos]] {
		t.pos++
	}
	word := t.src[begin:t.pos]
	if !numeric(word) {
		t.pos = begin
		return nil, t.unexpected("a number")
	}
	return word, nil
}

var numberByte = func() (is [256]bool) {
	for _, c := range "+-.0123456789eE" {
		is[c] = true
	}
	return is
}()

func (t *transcoder) boolean() (bool, error) {
	t.peek()
	for word, yes := range map[string]bool{"true": true, "false": false} {
		if bytes.HasPrefix(t.src[t.pos:], []byte(word)) {
			t.pos += len(word)
			return yes, nil
		}
	}
	return false, t.unexpected("true or false")
}

// enumeration writes an enum, which OTLP/JSON has as a number and protobuf's JSON as a
// name.
func (t *transcoder) enumeration(f *field) error {
	quoted := t.peek() == '"'
	word, err := t.number()
	if err != nil {
		return err
	}
	if value, ok := f.enum[string(word)]; quoted && ok {
		t.appendBits(f.kind, uint64(value))
		return nil
	}
	if err := t.signed(f, word, 32); err != nil {
		return errors.New("expected the number or the name of an enum's value")
	}
	return nil
}

// binary reads bytes: an id in hex or, as protobuf's JSON has it, in base64; others in
// base64 of either alphabet. JSON.stringify makes an object of an Uint8Array.
func (t *transcoder) binary(f *field) ([]byte, error) {
	switch t.peek() {
	case '[', '{':
		if f.id == 0 {
			return t.byteNumbers()
		}
	}
	text, err := t.text()
	if err != nil {
		return nil, err
	}
	if f.id > 0 {
		return t.identifier(f, text)
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if raw, err := encoding.AppendDecode(t.scratch[:0], bytes.TrimRight(text, "=")); err == nil {
			t.scratch = raw
			return raw, nil
		}
	}
	return nil, errors.New("expected base64")
}

func (t *transcoder) identifier(f *field, text []byte) ([]byte, error) {
	t.scratch = slices.Grow(t.scratch[:0], 24)
	id := t.scratch[:f.id]
	switch {
	case len(text) == 0:
		return nil, nil
	case len(text) == hex.EncodedLen(f.id):
		if _, err := hex.Decode(id, text); err == nil {
			return id, nil
		}
	case len(text) == base64.StdEncoding.EncodedLen(f.id):
		if id, err := base64.StdEncoding.AppendDecode(t.scratch[:0], text); err == nil && len(id) == f.id {
			return id, nil
		}
	}
	return nil, fmt.Errorf("expected %d hexadecimal digits", hex.EncodedLen(f.id))
}

// byteNumbers reads [1,2] or {"0":1,"1":2}.
func (t *transcoder) byteNumbers() ([]byte, error) {
	var raw []byte
	object := t.take('{')
	end := byte('}')
	if !object {
		t.take('[')
		end = ']'
	}
	for !t.take(end) {
		if len(raw) > 0 && !t.take(',') {
			return nil, t.unexpected("a comma or the end of the bytes")
		}
		if object {
			key, err := t.text()
			if err != nil {
				return nil, err
			}
			if string(key) != strconv.Itoa(len(raw)) || !t.take(':') {
				return nil, errors.New("expected base64")
			}
		}
		word, err := t.number()
		if err != nil {
			return nil, err
		}
		value, err := strconv.ParseUint(string(word), 10, 8)
		if err != nil {
			return nil, errors.New("expected bytes from 0 to 255")
		}
		raw = append(raw, byte(value))
	}
	return raw, nil
}
