package genai

// pendingSpan is Logfire's word for a span that has only begun. Its SDK sends
// such a span, with an id of its own, below the span that it announces and with
// the attributes that this one has at its start; the span itself follows when it
// ends (pydantic/logfire, logfire/_internal/tracer.py).
const pendingSpan = "pending_span"

// IsPending reports whether the span only announces that another one has begun.
// It is no operation of its own: whatever it states, the span that it announces
// states too.
func (v *View) IsPending() bool { return v.hasSpan && v.Str(SpanState) == pendingSpan }

// entityNames are the names that OpenLLMetry has one attribute for, by the kind of
// the span.
var entityNames = map[string]Field{"workflow": WorkflowName, "agent": AgentName, "tool": ToolName}

// nameEntity reads OpenLLMetry's name of what the span is, where it has no other.
func (v *View) nameEntity() {
	field, ok := entityNames[v.Str(TraceloopKind)]
	if ok && v.Has(EntityName) && !v.Has(field) {
		v.ranks[field], v.values[field], v.keys[field] = v.ranks[EntityName], v.values[EntityName], v.keys[EntityName]
	}
}

// nameWorkflow reads the name on a span that runs a workflow as that of the
// workflow, where the span has no other: frameworks whose workflows are agents
// (Google ADK, LangGraph) state it under the agent's key.
func (v *View) nameWorkflow() {
	if v.Has(WorkflowName) || !v.Has(AgentName) || v.Kind() != KindWorkflow {
		return
	}
	v.ranks[WorkflowName], v.values[WorkflowName], v.keys[WorkflowName] = 1, v.values[AgentName], v.keys[AgentName]
	v.ranks[AgentName], v.ranks[AgentID] = 0, 0
}

// SaysPending reports whether a value of logfire.span_type says so.
func SaysPending(state string) bool { return state == pendingSpan }
