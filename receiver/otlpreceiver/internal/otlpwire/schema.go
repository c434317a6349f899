package otlpwire

import (
	"strings"

	logspb "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	metricspb "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	tracepb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Message describes a message of OTLP.
type Message struct {
	name   protoreflect.FullName
	fields map[protowire.Number]*field
	low    [lowNumbers]*field // those with small numbers again, for speed
	byName map[string]*field  // under the name of JSON and the name of protobuf
	bytes  int                // of the struct that pdata makes of it
	double *field             // of AnyValue: for integers that int64 cannot hold
	answer proto.Message      // of a request
}

const lowNumbers = 32

// field is a field of a message. Its costs are what decoding it takes in memory.
type field struct {
	number   protowire.Number
	name     string // in JSON
	kind     protoreflect.Kind
	repeated bool
	child    *Message
	enum     map[string]int32
	id       int // of trace_id and the like: bytes of an id, which JSON has in hex
	cost     int // bytes an occurrence, or an element of a packed list
}

// The requests of OTLP.
var (
	messages = map[protoreflect.FullName]*Message{}
	Traces   = request(&tracepb.ExportTraceServiceRequest{}, &tracepb.ExportTraceServiceResponse{})
	Metrics  = request(&metricspb.ExportMetricsServiceRequest{}, &metricspb.ExportMetricsServiceResponse{})
	Logs     = request(&logspb.ExportLogsServiceRequest{}, &logspb.ExportLogsServiceResponse{})
)

// deprecated is the number under which pdata still reads the scopes of a resource, as
// OTLP before 0.15 had them. The descriptors do not have it.
const deprecated = 1000

// inline are the messages of which pdata holds lists of values; of all others it holds
// lists of pointers.
var inline = map[protoreflect.Name]bool{"KeyValue": true, "AnyValue": true}

// recordBytes is what a span or log record takes besides, on its way to a store: rows,
// and their JSON. Measured with the exporter libsql: 2.9 KB of resident memory a span
// without anything in it, half of which is garbage.
const recordBytes = 1 << 10

var records = map[protoreflect.Name]bool{"Span": true, "LogRecord": true}

// idBytes are the fields that JSON has in hex.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
var idBytes = map[protoreflect.Name]int{"trace_id": 16, "span_id": 8, "parent_span_id": 8}

// grown is what a list takes while append makes it larger, to what its elements take:
// the old array and the new, which has room for more.
const grown = 2.25

func request(body, answer proto.Message) *Message {
	m := describe(body.ProtoReflect().Descriptor())
	m.answer = answer
	for _, f := range m.byName { // resource_spans and its siblings
		for _, scopes := range f.child.byName {
			if strings.HasPrefix(scopes.name, "scope") {
				f.child.fields[deprecated] = scopes
			}
		}
	}
	return m
}

// Response returns an empty answer to a request.
func (m *Message) Response() proto.Message { return m.answer.ProtoReflect().New().Interface() }

// Name is the name of the message, without its package.
func (m *Message) Name() string { return string(m.name.Name()) }

func describe(descriptor protoreflect.MessageDescriptor) *Message {
	if m := messages[descriptor.FullName()]; m != nil {
		return m
	}
	m := &Message{
		name: descriptor.FullName(), fields: map[protowire.Number]*field{}, byName: map[string]*field{}, bytes: structBytes(descriptor),
	}
	messages[m.name] = m
	all := descriptor.Fields()
	for i := range all.Len() {
		d := all.Get(i)
		f := describeField(d)
		m.fields[f.number] = f
		if f.number < lowNumbers {
			m.low[f.number] = f
		}
		m.byName[d.JSONName()], m.byName[string(d.Name())] = f, f
		if descriptor.Name() == "AnyValue" && f.kind == protoreflect.DoubleKind {
			m.double = f
		}
	}
	return m
}

func describeField(d protoreflect.FieldDescriptor) *field {
	f := &field{number: d.Number(), name: d.JSONName(), kind: d.Kind(), repeated: d.IsList()}
	oneof := d.ContainingOneof() != nil && !d.ContainingOneof().IsSynthetic()
	switch d.Kind() {
	case protoreflect.MessageKind:
		f.child = describe(d.Message())
		switch size := structBytes(d.Message()); {
		case f.repeated && inline[d.Message().Name()]:
			f.cost = times(size)
		case f.repeated:
			f.cost = times(8) + allocated(size)
		case oneof:
			f.cost = 16 + allocated(size)
		}
		if records[d.Message().Name()] {
			f.cost += recordBytes
		}
	case protoreflect.StringKind, protoreflect.BytesKind:
		if d.Kind() == protoreflect.BytesKind {
			f.id = idBytes[d.Name()]
		}
		switch {
		case f.repeated:
			f.cost = times(16) + 8
		case oneof:
			f.cost = 16 + 8
		case f.id == 0:
			f.cost = 8 // what the size classes of the allocator add
		}
	case protoreflect.EnumKind:
		f.enum = map[string]int32{}
		for i := range d.Enum().Values().Len() {
			v := d.Enum().Values().Get(i)
			f.enum[string(v.Name())] = int32(v.Number())
		}
		fallthrough
	default:
		if f.repeated {
			f.cost = times(8)
		} else if oneof {
			f.cost = 16
		}
	}
	return f
}

// times is what an element of a list takes.
func times(bytes int) int { return int(grown * float64(bytes)) }

// allocated is what a struct takes on the heap, with what the size classes add.
func allocated(bytes int) int { return bytes + bytes/8 + 8 }

// structBytes is the size of the struct that pdata makes of a message. Messages that
// are not in a list and not one of several are part of it.
func structBytes(d protoreflect.MessageDescriptor) int {
	bytes := 0
	for i := range d.Oneofs().Len() {
		if !d.Oneofs().Get(i).IsSynthetic() {
			bytes += 16
		}
	}
	for i := range d.Fields().Len() {
		f := d.Fields().Get(i)
		switch {
		case f.ContainingOneof() != nil && !f.ContainingOneof().IsSynthetic():
		case f.IsList():
			bytes += 24
		case f.Kind() == protoreflect.MessageKind:
			bytes += structBytes(f.Message())
		case f.Kind() == protoreflect.BytesKind && idBytes[f.Name()] > 0:
			bytes += idBytes[f.Name()]
		case f.Kind() == protoreflect.StringKind, f.Kind() == protoreflect.BytesKind:
			bytes += 24
		default:
			bytes += 8
		}
	}
	return bytes
}

// field returns the field of a number, nil for one that OTLP does not have.
func (m *Message) field(number protowire.Number) *field {
	if number < lowNumbers {
		return m.low[number]
	}
	return m.fields[number]
}
