package otlpwire

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// MaxDepth bounds how many messages may be nested in one another: every level is a call
// in the decoder and in all that walks the data after it. A list in a list is two
// messages, a map in a map three, so that 340 levels of maps are accepted.
const MaxDepth = 1024

// ErrTooLarge is the error of a request that would take more memory than it may.
var ErrTooLarge = errors.New("too large when decoded")

// errTooDeep is that of one that is nested too deeply.
var errTooDeep = fmt.Errorf("nested more than %d messages deep", MaxDepth)

// errGroup is that of a form of fields that OTLP does not have, and protobuf since its
// version 3 neither.
var errGroup = errors.New("not protobuf, or with a group, which OTLP does not have")

// Scan returns about how many bytes of memory a request in protobuf takes once it is
// decoded, with recordBytes for each span and log record. It fails with ErrTooLarge as soon as that is more than limit, and where the
// body is not protobuf or too deep.
func Scan(request *Message, body []byte, limit int) (int, error) {
	s := scanner{limit: limit, bytes: request.bytes}
	if err := s.message(request, body, 1); err != nil {
		return s.bytes, err
	}
	return s.bytes, nil
}

type scanner struct {
	limit, bytes int
}

func (s *scanner) message(m *Message, body []byte, depth int) error {
	if depth > MaxDepth {
		return errTooDeep
	}
	for len(body) > 0 {
		number, kind, n := protowire.ConsumeTag(body)
		if n < 0 {
			return notProtobuf(m)
		}
		body = body[n:]
		f := m.field(number)
		if kind == protowire.StartGroupType || kind == protowire.EndGroupType {
			return errGroup // where it ends, decoders disagree
		}
		if kind != protowire.BytesType {
			if n = protowire.ConsumeFieldValue(number, kind, body); n < 0 {
				return notProtobuf(m)
			}
			body = body[n:]
			if f != nil {
				s.bytes += f.cost
			}
			continue
		}
		length, n := protowire.ConsumeVarint(body)
		if n < 0 || length > uint64(len(body)-n) {
			return notProtobuf(m)
		}
		value := body[n : n+int(length)]
		body = body[n+int(length):]
		if f == nil {
			continue
		}
		s.bytes += f.valueCost(len(value))
		if s.bytes > s.limit {
			return ErrTooLarge
		}
		if f.child != nil {
			if err := s.message(f.child, value, depth+1); err != nil {
				return err
			}
		}
	}
	if s.bytes > s.limit {
		return ErrTooLarge
	}
	return nil
}

// valueCost is what a value of variable length takes: that of a text, or the elements
// of a packed list.
func (f *field) valueCost(length int) int {
	switch f.kind {
	case protoreflect.MessageKind:
		return f.cost
	case protoreflect.StringKind, protoreflect.BytesKind:
		return f.cost + length
	case protoreflect.DoubleKind, protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind:
		return f.cost * length / 8
	default:
		return f.cost * length // varints of a byte
	}
}

func notProtobuf(m *Message) error {
	return fmt.Errorf("not protobuf, in a message %s", m.name.Name())
}
