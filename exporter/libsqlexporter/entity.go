package libsqlexporter

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// entity fills name and entity of a row so that it looks like one of Mastra's
// own (mastra reference 5.2). What the span does not say leaves the span's own
// name and no entity.
func (m *mapper) entity(span ptrace.Span, row *tracestore.Span) {
	r, text := &row.Mastra, m.enc.Text
	r.Name = row.Name
	if rule, ok := entities[row.Facts.Type]; ok {
		r.EntityType = rule.kind
		if rule.identify != nil {
			r.EntityID, r.EntityName = rule.identify(m, span)
			r.EntityID, r.EntityName = text(r.EntityID), text(r.EntityName)
		}
		if rule.name != nil {
			if name := rule.name(m, span, row); name != "" {
				r.Name = text(name)
			}
		}
	}
}

// entityRule says how spans of a type are named.
type entityRule struct {
	kind string // entityType
	// identify returns entityId and entityName as far as the span knows them.
	identify func(*mapper, ptrace.Span) (id, name string)
	// name returns the display name, or "" for that of the span.
	name func(*mapper, ptrace.Span, *tracestore.Span) string
	// from is the ancestor from which what is still missing is taken.
	from relation
	// onlyName takes the ancestor's id as the name, and keeps the id.
	onlyName bool
}

var entities = map[string]entityRule{
	"workflow_run":  {kind: "workflow_run", identify: workflowIdentity, name: quotedID("workflow run: ")},
	"workflow_step": {kind: "workflow_step", identify: stepIdentity, name: quotedID("workflow step: "), from: enclosingWorkflow, onlyName: true},

	"agent_run":        {kind: "agent", identify: agentIdentity, name: quotedID("agent run: ")},
	modelGeneration:    {kind: "agent", identify: agentIdentity, name: modelName, from: enclosingAgent},
	"model_step":       {kind: "agent", identify: agentIdentity, name: stepName, from: enclosingAgent},
	"model_inference":  {kind: "agent", identify: agentIdentity, from: enclosingAgent},
	"model_chunk":      {kind: "agent", identify: agentIdentity, from: enclosingAgent},
	"tool_call":        {kind: "tool", identify: toolIdentity, name: quotedID("tool: ")},
	"client_tool_call": {kind: "tool", identify: toolIdentity, name: quotedID("tool: ")},
	"provider_tool_call": {
		kind: "tool", identify: toolIdentity, name: quotedID("tool: "),
	},
	"mcp_tool_call": {kind: "tool", identify: toolIdentity, name: mcpToolName},

	"workflow_parallel":         {kind: "workflow_run", name: rest("parallel ", "parallel: '", "'"), from: enclosingWorkflow},
	"workflow_conditional":      {kind: "workflow_run", name: rest("conditional ", "conditional: '", "'"), from: enclosingWorkflow},
	"workflow_conditional_eval": {kind: "workflow_run", name: rest("condition ", "condition '", "'"), from: enclosingWorkflow},
	"workflow_loop":             {kind: "workflow_run", name: rest("loop ", "loop: '", "'"), from: enclosingWorkflow},
	"workflow_sleep":            {kind: "workflow_run", name: rest("sleep ", "sleep: ", ""), from: enclosingWorkflow},

	"scorer_run": {kind: "scorer", identify: scorerIdentity, name: quotedID("scorer run: ")},
}

func workflowIdentity(m *mapper, span ptrace.Span) (id, name string) {
	id = afterAny(span.Name(), "invoke_workflow ", "workflow.")
	if id == "" {
		id = m.view.Str(genai.WorkflowName)
	}
	return id, id
}

func stepIdentity(m *mapper, span ptrace.Span) (id, name string) {
	if id = m.view.Str(genai.StepID); id == "" {
		id = afterAny(span.Name(), "workflow_step ")
	}
	return id, ""
}

func agentIdentity(m *mapper, _ ptrace.Span) (id, name string) {
	id, name = m.view.Str(genai.AgentID), m.view.Str(genai.AgentName)
	if id == "" {
		id = name
	}
	if name == "" {
		name = id
	}
	return id, name
}

func toolIdentity(m *mapper, span ptrace.Span) (id, name string) {
	if id = m.view.Str(genai.ToolName); id == "" {
		id = afterAny(span.Name(), "execute_tool ")
	}
	return id, id
}

func scorerIdentity(m *mapper, span ptrace.Span) (id, name string) {
	if id = afterAny(span.Name(), "scorer_run "); id == "" {
		id = m.view.Str(genai.EvaluationName)
	}
	return id, id
}

// afterAny returns what follows the prefix that text begins with, or "".
func afterAny(text string, prefixes ...string) string {
	for _, prefix := range prefixes {
		if after, ok := strings.CutPrefix(text, prefix); ok {
			return after
		}
	}
	return ""
}

func quotedID(prefix string) func(*mapper, ptrace.Span, *tracestore.Span) string {
	return func(_ *mapper, _ ptrace.Span, row *tracestore.Span) string {
		if row.Mastra.EntityID == "" {
			return ""
		}
		return prefix + "'" + row.Mastra.EntityID + "'"
	}
}

// rest puts what follows a prefix of the span's name between other words.
func rest(prefix, before, after string) func(*mapper, ptrace.Span, *tracestore.Span) string {
	return func(_ *mapper, span ptrace.Span, _ *tracestore.Span) string {
		what := afterAny(span.Name(), prefix)
		if what == "" {
			return ""
		}
		return before + what + after
	}
}

// generationModel is the model of a span that groups calls: Mastra 1.4 states
// it in the span's name only.
func generationModel(v *genai.View, span ptrace.Span) string {
	if model := v.Str(genai.RequestModel); model != "" {
		return model
	}
	return afterAny(span.Name(), modelGeneration+" ")
}

func modelName(m *mapper, span ptrace.Span, _ *tracestore.Span) string {
	model := generationModel(&m.view, span)
	if model == "" {
		return ""
	}
	return "llm: '" + model + "'"
}

func stepName(m *mapper, _ ptrace.Span, _ *tracestore.Span) string {
	name := ""
	m.view.EachMastraAttribute(func(key string, value pcommon.Value) {
		if key == "step_index" {
			name = "step: " + value.AsString()
		}
	})
	return name
}

func mcpToolName(m *mapper, _ ptrace.Span, row *tracestore.Span) string {
	server := ""
	m.view.EachMastraAttribute(func(key string, value pcommon.Value) {
		if key == "server_name" {
			server = value.AsString()
		}
	})
	if row.Mastra.EntityID == "" || server == "" {
		return quotedID("mcp_tool: ")(m, ptrace.Span{}, row)
	}
	return "mcp_tool: '" + row.Mastra.EntityID + "' on '" + server + "'"
}

// pendingEntity is a row that takes its entity from a span above it.
type pendingEntity struct {
	row int
	entityRule
}

func appendPending(pending []pendingEntity, row *tracestore.Span, at int) []pendingEntity {
	rule, ok := entities[row.Facts.Type]
	if !ok || rule.from == noRelation || row.Mastra.EntityID != "" && row.Mastra.EntityName != "" {
		return pending
	}
	return append(pending, pendingEntity{row: at, entityRule: rule})
}

// settleEntities fills in what rows take from spans above them.
func (m *mapper) settleEntities(rows []tracestore.Span) {
	for _, p := range m.pending {
		above, ok := m.relatives.nearest(p.row, p.from)
		if !ok {
			continue
		}
		r := &rows[p.row].Mastra
		if p.onlyName {
			r.EntityName = above.id
			continue
		}
		r.EntityID, r.EntityName = above.id, above.name
	}
}
