package mapping

import (
	"slices"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// Langfuse's attributes (langfuse reference 2).
const (
	TypeKey            = "langfuse.observation.type"
	keyInput           = "langfuse.observation.input"
	keyOutput          = "langfuse.observation.output"
	keyLevel           = "langfuse.observation.level"
	keyStatusMessage   = "langfuse.observation.status_message"
	keyModel           = "langfuse.observation.model.name"
	keyParameters      = "langfuse.observation.model.parameters"
	UsageKey           = "langfuse.observation.usage_details"
	CostKey            = "langfuse.observation.cost_details"
	keyPromptName      = "langfuse.observation.prompt.name"
	keyPromptVersion   = "langfuse.observation.prompt.version"
	keyCompletionStart = "langfuse.observation.completion_start_time"
	keyMetadata        = "langfuse.observation.metadata"
	keyTraceName       = "langfuse.trace.name"
	keyTags            = "langfuse.trace.tags"
	keyTraceInput      = "langfuse.trace.input"
	keyTraceOutput     = "langfuse.trace.output"
	keyTraceMetadata   = "langfuse.trace.metadata"
	keyUser            = "langfuse.user.id"
	keySession         = "langfuse.session.id"
	keyEnvironment     = "langfuse.environment"
	keyRelease         = "langfuse.release"
	keyVersion         = "langfuse.version"
	keyPublic          = "langfuse.trace.public"
	keyAppRoot         = "langfuse.internal.is_app_root" // since v3.176.0
	keyAsRoot          = "langfuse.internal.as_root"     // before

	metadataPrefix      = keyMetadata + "."
	traceMetadataPrefix = keyTraceMetadata + "."
)

// namesOf are the names of facts in internal/genai's vocabulary, those of
// Langfuse itself first.
func namesOf(more []string, fields ...genai.Field) []string {
	var own, others []string
	for _, field := range fields {
		for _, name := range genai.Vocabulary() {
			switch {
			case name.Field != field:
			case strings.HasPrefix(name.Key, "langfuse."):
				own = append(own, name.Key)
			default:
				others = append(others, name.Key)
			}
		}
	}
	all := slices.Concat(own, others)
	for _, key := range more {
		if !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	return all
}

// DefaultUserIDFrom are the attributes that name a user, first to last.
func DefaultUserIDFrom() []string {
	return namesOf([]string{metadataPrefix + "langfuse_user_id", traceMetadataPrefix + "langfuse_user_id", "enduser.pseudo.id", "gen_ai.user.id", "client.user.id"}, genai.UserID)
}

// DefaultSessionIDFrom are the attributes that name a session, or else a
// conversation.
func DefaultSessionIDFrom() []string {
	return namesOf([]string{metadataPrefix + "langfuse_session_id", traceMetadataPrefix + "langfuse_session_id", "traceloop.association.properties.thread_id", "openai.thread_id"}, genai.SessionID, genai.ConversationID)
}

// DefaultTraceNameFrom are the attributes that name a trace. Where none is
// there, the agent or workflow at its root does. langsmith.trace.name is none of
// them: LangSmith writes the name of each run there.
func DefaultTraceNameFrom() []string {
	return []string{keyTraceName, "mastra.metadata.traceName", "ai.telemetry.metadata.traceName", "traceloop.workflow.name"}
}

// DefaultTagsFrom are the attributes that hold tags.
func DefaultTagsFrom() []string {
	return []string{
		keyTags, "langfuse.tags", metadataPrefix + "langfuse_tags", traceMetadataPrefix + "langfuse_tags", "mastra.tags", "ai.telemetry.metadata.tags", "tag.tags", "logfire.tags", "langsmith.span.tags",
	}
}

// DefaultMetadataAttributes become metadata of the observation, which can be
// filtered by. Of gen_ai names the rest is the key, with underscores.
func DefaultMetadataAttributes() []string {
	return []string{
		"gen_ai.agent.name", "gen_ai.agent.id", "gen_ai.agent.version", "gen_ai.agent.description", "gen_ai.workflow.name",
		"gen_ai.provider.name", "gen_ai.system", "gen_ai.response.id", "gen_ai.response.finish_reasons", "gen_ai.data_source.id",
		"gen_ai.conversation.id", "gen_ai.conversation.compacted", "gen_ai.tool.type", "gen_ai.tool.description", "gen_ai.tool.call.id", "gen_ai.operation.name",
		"server.address", "error.type", "mastra.span.type", "llmcost.status", "llmcost.price.source", "llmcost.model",
		"gen_ai.evaluation.name", "gen_ai.evaluation.score.value", "gen_ai.evaluation.score.label", "gen_ai.evaluation.explanation",
		"gen_ai.memory.store.id", "gen_ai.memory.record.id", "gen_ai.memory.record.count",
	}
}

// DefaultTraceMetadataAttributes become metadata of the trace. They are looked
// for on the span and on its resource.
func DefaultTraceMetadataAttributes() []string { return []string{"service.name"} }

// environmentFrom are the attributes that name the environment, on the span and
// then on its resource.
var environmentFrom = []string{
	keyEnvironment, "deployment.environment.name", "deployment.environment", "gen_ai.environment", "mastra.metadata.environment",
}

// releaseFrom and versionFrom are attributes of spans; the resource has
// langfuse.release and langfuse.version too.
var (
	releaseFrom = []string{keyRelease}
	versionFrom = []string{keyVersion, "langfuse.trace.version", "mastra.metadata.version"} // the second is what @mastra/langfuse 1.5 writes
)

// metadataPrefixes begin attributes whose rest is a key that the application
// chose, and whether it describes the trace or the observation.
var metadataPrefixes = []struct {
	prefix string
	trace  bool
}{
	{genai.MastraMetadataPrefix, true},
	{"traceloop.association.properties.", true},
	{"langfuse.metadata.", true},
	{"langsmith.metadata.", false},
}

// usagePrefixes begin attributes that count tokens, and costPrefixes those that
// state costs, whatever follows.
var (
	usagePrefixes = []string{"gen_ai.usage.", "llm.token_count.", "ai.usage.", "llm.usage."}
	costPrefixes  = []string{"llm.cost.", "gen_ai.usage.cost", "gen_ai.cost."}
)

// serverCosts are those that keep the server from pricing (langfuse reference 3.2).
var serverCosts = map[string]bool{"gen_ai.usage.cost": true, "llm.cost.total": true}

// contentPrefixes begin families of attributes that content is put together
// from, besides those of internal/genai.
var contentPrefixes = []string{
	"llm.tools.", "llm.request.functions.", "retrieval.documents.", "reranker.input_documents.", "reranker.output_documents.", "embedding.embeddings.",
}

// promptPrefixes begin attributes that the server takes for messages whatever
// follows. What is none, such as the name and the variables of a template, is sent
// as metadata.
var promptPrefixes = []string{"gen_ai.prompt.", "gen_ai.completion."}

// vectors are attributes with embeddings: numbers that nobody reads, and many.
var vectors = map[string]bool{"ai.embedding": true, "ai.embeddings": true}
