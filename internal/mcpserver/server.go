package mcpserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter"
)

// Options say what an agent may read.
type Options struct {
	// Open returns the source, which it keeps open. It is called for each call of a tool,
	// so that a store may come later than the agent.
	Open func(context.Context) (query.Source, error)
	// Content is the most that an answer shows of prompts, outputs and attributes: an
	// agent may ask for less.
	Content Content
	// MaxBytes bounds each answer, in bytes of JSON. 65536 where it is 0.
	MaxBytes int
	// Redactor takes out what is sensitive once more, in case the store was written
	// without sensitive_filter. It may be nil.
	Redactor *redact.Redactor
	// Audit is called once for each call of a tool. It may be nil.
	Audit func(Call)
	// Version is the program's.
	Version string
	// Now is the clock; time.Now where it is nil.
	Now func() time.Time
}

// maxBytes is the default of Options.MaxBytes.
const maxBytes = 64 << 10

// DefaultRedactor has the rules of sensitive_filter without options.
func DefaultRedactor() (*redact.Redactor, error) {
	config, ok := sensitivefilter.NewFactory().CreateDefaultConfig().(*sensitivefilter.Config)
	if !ok {
		return nil, errors.New("sensitive_filter has another configuration")
	}
	return redact.New(config.Options())
}

// Call is a line of the audit log. It has no text of a trace and no value of an
// argument but ids.
type Call struct {
	Time      time.Time     `json:"time"`
	Client    string        `json:"client,omitempty"` // as it names itself
	Tool      string        `json:"tool"`
	TraceID   string        `json:"trace_id,omitempty"`
	SpanID    string        `json:"span_id,omitempty"`
	Arguments []string      `json:"arguments"` // their names
	Content   Content       `json:"content"`
	Bytes     int           `json:"bytes"` // of the answer
	Duration  time.Duration `json:"duration_ns"`
	Failed    bool          `json:"failed,omitempty"`
}

const instructions = `Traces of LLM applications: workflow steps, agents, tool and model calls with inputs, outputs, tokens, dollars and errors.
Start with find_traces or search; get_trace shows a tree, get_span one span in full, why_cost the arithmetic of a cost. spend adds up money; its sums are kept when traces are deleted.
Costs are US dollars; a cost of null is unknown, which is not zero, and "unpriced" counts the calls whose price is not known. Durations are microseconds where a name ends in _us.
Answers are cut to a number of bytes: "omitted" and "…" say where. Secrets were replaced by [REDACTED:rule] before anything was stored.`

// New returns a server with every tool. It only reads.
func New(o Options) *mcp.Server {
	if o.MaxBytes <= 0 {
		o.MaxBytes = maxBytes
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Content == "" {
		o.Content = Preview
	}
	server := mcp.NewServer(&mcp.Implementation{Name: "otelcol-llm", Title: "Traces of LLM applications", Version: o.Version}, &mcp.ServerOptions{Instructions: instructions})
	d := &door{o}
	for _, add := range tools {
		add(d, server)
	}
	return server
}

// Handler answers over HTTP (the streamable transport), without sessions: each request
// is whole. Its caller guards it.
func Handler(o Options) http.Handler {
	server := New(o)
	return mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, &mcp.StreamableHTTPOptions{Stateless: true, JSONResponse: true})
}

// door is what the tools share.
type door struct{ Options }

// call is one call of a tool.
type call struct {
	*door
	query.Source
}

// limits are arguments that most tools have.
type limits struct {
	Content  Content `json:"content,omitempty" jsonschema:"how much of prompts, outputs and attributes: none, preview (the default) or full"`
	MaxBytes int     `json:"max_bytes,omitempty" jsonschema:"the most bytes of JSON to answer with"`
}

func (l limits) shared() limits { return l }

// arguments are those of a tool.
type arguments interface{ shared() limits }

// tool adds a tool that asks the source.
func tool[In arguments](name, title, description string, ask func(ctx context.Context, d *call, in In) (any, error)) func(*door, *mcp.Server) {
	closed, harmless := false, false
	t := &mcp.Tool{
		Name: name, Title: title, Description: description,
		Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed, DestructiveHint: &harmless},
	}
	return func(d *door, server *mcp.Server) {
		mcp.AddTool(server, t, func(ctx context.Context, request *mcp.CallToolRequest, in In) (*mcp.CallToolResult, any, error) {
			began := d.Now()
			text, err := d.answer(ctx, in.shared(), func(c *call) (any, error) { return ask(ctx, c, in) })
			d.record(request, in.shared(), len(text), d.Now().Sub(began), err)
			if err != nil {
				return nil, nil, err
			}
			return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: string(text)}}, StructuredContent: json.RawMessage(text)}, nil, nil
		})
	}
}

// answer asks, and makes of what it gets what an agent may see.
func (d *door) answer(ctx context.Context, l limits, ask func(*call) (any, error)) ([]byte, error) {
	content, err := d.content(l.Content)
	if err != nil {
		return nil, err
	}
	source, err := d.Open(ctx)
	if err != nil {
		return nil, err
	}
	got, err := ask(&call{d, source})
	if err != nil {
		return nil, err
	}
	budget := d.MaxBytes
	if l.MaxBytes > 0 && l.MaxBytes < budget {
		budget = max(l.MaxBytes, minBytes)
	}
	return d.shown(got, content, budget)
}

// content is what a call may see: what it asks for, at most what the server allows.
func (d *door) content(asked Content) (Content, error) {
	if asked == "" {
		asked = Preview
	}
	if err := asked.Validate(); err != nil {
		return "", fmt.Errorf("content: %w", err)
	}
	if ranks[asked] > ranks[d.Content] {
		return d.Content, nil
	}
	return asked, nil
}

func (d *door) record(request *mcp.CallToolRequest, l limits, bytes int, took time.Duration, err error) {
	if d.Audit == nil {
		return
	}
	line := Call{Time: d.Now(), Tool: request.Params.Name, Bytes: bytes, Duration: took, Failed: err != nil}
	line.Content, _ = d.content(l.Content)
	if session := request.Session; session != nil {
		if p := session.InitializeParams(); p != nil && p.ClientInfo != nil {
			line.Client = p.ClientInfo.Name
		}
	}
	line.Arguments, line.TraceID, line.SpanID = named(request.Params.Arguments)
	d.Audit(line)
}
