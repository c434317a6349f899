package mapping

import (
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

const toolNameKey = "gen_ai.tool.name"

// setName: the server prefers gen_ai.tool.name to the name of the span, also on
// a model call that has been given it.
func (w *writer) setName() {
	if w.m.view.Kind() == genai.KindTool {
		return
	}
	if name, ok := w.src.Get(toolNameKey); ok {
		w.dst.Remove(toolNameKey)
		w.metadata("tool_name", name)
	}
}

func (w *writer) setType() {
	w.kind = TypeOf(&w.m.view)
	if w.has(ownType) {
		if stated, ok := w.dst.Get(TypeKey); ok {
			w.kind = stated.Str()
		}
		return
	}
	if w.kind == typeSpan && w.isServers() {
		return
	}
	if w.m.view.Kind() == genai.KindOther && w.namesModel() {
		w.kind = typeGeneration
	}
	w.dst.PutStr(TypeKey, w.kind)
}

// serverScopes and serverKeys are those of the instrumentations that the server
// has mappers of its own for, of types and of content, and internal/genai does not
// (langfuse reference 2.3): Genkit, LiveKit and Flue.
var (
	serverScopes = []string{"genkit", "livekit-agents", "@flue/opentelemetry"}
	serverKeys   = []string{"genkit:type", "flue.tool.name", "flue.tool.call_id", "flue.task.id", "flue.task.agent"}
)

// isServers reports whether a span of no type that is known here may have one for
// the server.
func (w *writer) isServers() bool {
	if slices.ContainsFunc(serverScopes, func(scope string) bool { return strings.HasPrefix(w.in.Scope.Name(), scope) }) {
		return true
	}
	return hasAny(w.src, serverKeys)
}

// callKeys are attributes of a model that make a generation of a span that says
// nothing else about itself, as they do for the server. It takes a plain "model"
// for one too, which rows of databases have.
var callKeys = []string{keyModel, "gen_ai.request.model", "gen_ai.response.model", "llm.model_name"}

// plumbingKeys are attributes of spans that carry a call, and are none.
var plumbingKeys = []string{
	"http.request.method", "http.method", "rpc.system", "db.system", "db.system.name", "messaging.system", "server.port",
}

// namesModel reports whether a span of no stated kind is a call by the model that
// it names.
func (w *writer) namesModel() bool {
	return hasAny(w.src, callKeys) && (w.has(ownModel) || !hasAny(w.src, plumbingKeys))
}

func hasAny(attributes pcommon.Map, keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool {
		value, ok := attributes.Get(key)
		return ok && scalarText(value) != ""
	})
}

func (w *writer) setLevel() {
	if !w.has(ownLevel) && w.in.Span.Status().Code() == ptrace.StatusCodeError {
		w.dst.PutStr(keyLevel, "ERROR")
	}
}

// setStatusMessage: the server reads the status message by itself.
func (w *writer) setStatusMessage() {
	span := w.in.Span
	if w.has(ownStatusMessage) || span.Status().Message() != "" || span.Status().Code() != ptrace.StatusCodeError {
		return
	}
	kind, message := w.m.view.Str(genai.ErrorType), w.m.view.Str(genai.ErrorMessage)
	if exception, ok := lastException(span); ok {
		kind, message = textAt(exception, "exception.type", kind), textAt(exception, "exception.message", message)
	}
	switch {
	case kind == "":
		kind = message
	case message != "" && !strings.HasPrefix(message, kind):
		kind += ": " + message
	case message != "":
		kind = message
	}
	if kind != "" {
		w.text(keyStatusMessage, kind)
	}
}

const exceptionEvent = "exception"

func lastException(span ptrace.Span) (pcommon.Map, bool) {
	for i := span.Events().Len() - 1; i >= 0; i-- {
		if event := span.Events().At(i); event.Name() == exceptionEvent {
			return event.Attributes(), true
		}
	}
	return pcommon.Map{}, false
}

func textAt(attributes pcommon.Map, key, otherwise string) string {
	if value, ok := attributes.Get(key); ok {
		if text := scalarText(value); text != "" {
			return text
		}
	}
	return otherwise
}

// modelKeys are the attributes by which the server knows a model, and prices a
// call without usage by the length of its text.
var modelKeys = []string{
	"gen_ai.request.model", "gen_ai.response.model", "ai.model.id", "llm.model_name", "llm.response.model", "model", "ai.response.model",
}

// setModel. A span whose tokens another one states must not have a model: the
// server would count the words of its content.
func (w *writer) setModel() {
	v := &w.m.view
	calls := v.Kind().CallsModel() || v.Kind() == genai.KindRerank || w.kind == typeGeneration || w.kind == typeEmbedding
	priced := w.has(ownUsage) && !w.repeats
	if !priced && (!calls && !w.hasTokens() || !w.usage || w.in.Covered) {
		if w.has(ownModel) {
			return
		}
		w.moveModels()
		return
	}
	if w.has(ownModel) {
		return
	}
	if model := w.modelName(); model != "" {
		w.text(keyModel, model)
		if model != v.Model() {
			w.text(metadataPrefix+"model", v.Model())
		}
	}
}

// hasTokens reports whether the span states tokens that can be believed.
func (w *writer) hasTokens() bool {
	_, state := w.m.view.Usage()
	return state == genai.UsageValid
}

// moveModels takes what the server would read as a model into metadata, a plain
// "model" too, which may be the name of a table.
func (w *writer) moveModels() {
	model := w.m.view.Model()
	if model != "" {
		w.text(metadataPrefix+"model", model)
	}
	for _, key := range modelKeys {
		value, ok := w.dst.Get(key)
		if !ok {
			continue
		}
		if text := scalarText(value); text != model {
			w.metadata(shortKey(key), value)
		}
		w.dst.Remove(key)
	}
}

// gateways stand before the names of models that they pass on.
var gateways = []string{"azure/", "bedrock/", "vertex_ai/", "openrouter/", "models/", "litellm_proxy/"}

func (w *writer) modelName() string {
	v := &w.m.view
	switch w.m.options.ModelName {
	case ModelRequest:
		if name := v.Str(genai.RequestModel); name != "" {
			return name
		}
	case ModelStripPrefix:
		name := v.Model()
		for _, gateway := range gateways {
			if rest, ok := strings.CutPrefix(name, gateway); ok {
				return rest[strings.LastIndexByte(rest, '/')+1:]
			}
		}
		return name
	}
	return v.Model()
}

func (w *writer) setUsage() {
	if !w.m.options.Usage {
		return
	}
	if w.has(ownUsage) {
		switch {
		case w.repeats:
			w.dst.Remove(UsageKey)
			w.silence()
		case w.usage:
			w.keepsUsage()
			w.separateBuckets()
		}
		return
	}
	if !w.usage {
		w.silence()
		return
	}
	usage, state := w.m.view.Usage()
	switch state {
	case genai.UsageInvalid:
		w.m.count(ReasonUsage)
		w.silence()
	case genai.UsageValid:
		w.keepsUsage()
		w.m.putUsage(w.dst, &usage)
	default:
		if w.in.Scope.Name() == aiScope {
			w.silence()
		}
	}
}

// separateBuckets takes buckets apart that count tokens twice, by their own total, for
// the server would add them up; and gives them the total that they have.
func (w *writer) separateBuckets() {
	if !w.m.view.BucketsContradict() {
		return
	}
	if usage, state := w.m.view.Usage(); state == genai.UsageValid {
		w.m.putUsage(w.dst, &usage)
	}
}

// aiScope is that of the Vercel AI SDK, on each span of which the server counts
// tokens: none at least.
const aiScope = "ai"

// countingScopes are those whose tokens the server reads out of attributes that
// are no counts only, and stay: provider metadata, requests and answers.
var countingScopes = map[string]bool{aiScope: true, "genkit-tracer": true, "gcp.vertex.agent": true, "com.anthropic.claude_code.tracing": true}

// silence keeps the server from counting the tokens of a span by itself.
func (w *writer) silence() {
	if countingScopes[w.in.Scope.Name()] {
		w.dst.PutStr(UsageKey, "{}")
	}
}

// keepsUsage lets an agent keep its tokens: the server discards those of an
// operation that is an agent's, whatever else the span says.
func (w *writer) keepsUsage() {
	if operation, ok := w.dst.Get("gen_ai.operation.name"); ok {
		switch operation.AsString() {
		case "invoke_agent", "agent_step":
			w.dst.Remove("gen_ai.operation.name")
		}
	}
}

func (w *writer) setCost() {
	if w.m.options.Cost == CostNever {
		return
	}
	if w.has(ownCost) {
		if w.repeats {
			w.dst.Remove(CostKey)
		}
		return
	}
	if !w.usage {
		return
	}
	_, judged := w.src.Get(CostStatusKey)
	usd, ok := w.m.cost(judged)
	if !ok {
		if usd, isNumber := w.m.statedCost(); w.m.hasCostSource() && (!isNumber || usd != 0) {
			w.m.count(ReasonCost)
		}
		return
	}
	w.m.putCost(w.dst, w.src, usd)
}

// firstTokenEvents are events at which the first piece of the answer came.
var firstTokenEvents = map[string]bool{
	"First Token Stream Event":     true, // OpenInference
	"llm.content.completion.chunk": true, // OpenLLMetry
	"ai.stream.firstChunk":         true, // Vercel AI SDK
	"gen_ai.first_token":           true, // vendors' own
}

func (w *writer) setCompletionStart() {
	if w.has(ownCompletionStart) {
		return
	}
	span := w.in.Span
	start := span.StartTimestamp().AsTime()
	if d, ok := w.m.view.FirstToken(); ok {
		w.dst.PutStr(keyCompletionStart, formatInstant(start.Add(d)))
		return
	}
	for _, event := range span.Events().All() {
		if !firstTokenEvents[event.Name()] {
			continue
		}
		at := event.Timestamp()
		if at >= span.StartTimestamp() && at.AsTime().Before(span.EndTimestamp().AsTime().Add(time.Second)) {
			w.dst.PutStr(keyCompletionStart, formatInstant(at.AsTime()))
		}
		return
	}
}
