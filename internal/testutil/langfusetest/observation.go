package langfusetest

import "time"

// Observation is a span as the server stores and shows it.
type Observation struct {
	Project string

	TraceID, ID, ParentID string
	// Root: the list of traces shows it, because it has no parent or says that it
	// is the root of an application (langfuse reference 2.2).
	Root bool
	// LegacyRoot: v3 makes the trace's record of it.
	LegacyRoot bool

	Type                string // upper case
	Name                string
	Level               string
	StatusMessage       string
	Start, End          time.Time
	CompletionStartTime string
	TraceName           string
	UserID, SessionID   string
	Tags                []string
	Environment         string
	Release, Version    string
	Public              bool
	Model               string
	ModelParameters     map[string]any
	Usage               map[string]int64 // with total where the rules give one
	Cost                map[string]float64
	TotalCost           float64 // what the lists show; 0 where cost_details lacks it
	PromptName          string
	PromptVersion       int
	Input, Output       any      // text, or a value that the server put together
	ToolNames           []string // of the tools that were offered
	ToolCalls           []ToolCall

	Metadata   map[string]any // top level: what can be filtered by
	Attributes map[string]any // metadata.attributes: what cannot
	Resource   map[string]any
	ScopeName  string

	ScopeAttributes map[string]any

	// Dropped says why v3 would not store the observation; "" where it would.
	Dropped string
	// Lost says why v4 would lose the row, and perhaps its neighbours with it.
	Lost string

	fingerprint string
}

// ToolCall is a tool that the model asked for.
type ToolCall struct{ ID, Name, Arguments string }

// InputText is the input as the UI gets it.
func (o *Observation) InputText() string { return contentText(o.Input) }

// OutputText is the output as the UI gets it.
func (o *Observation) OutputText() string { return contentText(o.Output) }

func contentText(value any) string {
	if value == nil {
		return ""
	}
	return textOf(value)
}
