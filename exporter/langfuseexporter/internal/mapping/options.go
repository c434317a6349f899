package mapping

// Options say how spans are mapped. They are the section mapping of the
// exporter's configuration, where every key is described.
type Options struct {
	Enabled                 bool
	Messages                string
	DropSource              bool
	Usage                   bool
	Cost                    string
	AgentUsage              string
	SpanEvents              string
	ModelName               string
	TraceIO                 bool
	MetadataAttributes      []string
	TraceMetadataAttributes []string
	UserIDFrom              []string
	SessionIDFrom           []string
	TraceNameFrom           []string
	TagsFrom                []string
}

// Words of Options.
const (
	MessagesChatML = "chatml" // as chat messages
	MessagesJSON   = "json"   // as JSON, in the form in which they came
	MessagesOff    = "off"    // not at all

	CostAuto  = "auto"  // where the span has a cost
	CostNever = "never" // Langfuse prices

	AgentUsageDrop = "drop" // agents state no usage
	AgentUsageKeep = "keep" // they do where no span below them is known to

	EventsDrop         = "drop"
	EventsMetadata     = "metadata"     // a list in the metadata of the observation
	EventsObservations = "observations" // an observation of type event each

	ModelResponse    = "response"     // the model that answered
	ModelRequest     = "request"      // the model that was asked for
	ModelStripPrefix = "strip_prefix" // the model that answered, without the gateway before it
)

// Defaults are values for spans that state none, and where to look for them.
type Defaults struct {
	Environment, Release, Version string
	ReleaseFrom                   []string // attributes of the resource
}

// Reason is why a value was changed or left out.
type Reason uint8

// Reasons, each with its word in the metric's attribute.
const (
	ReasonID          Reason = iota // a span without trace or span id
	ReasonValue                     // a map, bytes, empty list, NaN or integer above 2^53
	ReasonUTF8                      // text that is no UTF-8
	ReasonUsage                     // token counts that cannot be believed
	ReasonCost                      // a cost that is no amount
	ReasonPrompt                    // a prompt name without version, or a version that is no integer
	ReasonTime                      // a completion start that is no instant, or an end before the start
	ReasonEnvironment               // an environment with characters that Langfuse does not take
	ReasonLength                    // a trace field, a name or a resource that is too long
	ReasonType                      // a field of Langfuse's with a type or word that it refuses
	reasons
)

var reasonWords = [reasons]string{"id", "value", "utf8", "usage", "cost", "prompt", "time", "environment", "length", "type"}

// String returns the word.
func (r Reason) String() string { return reasonWords[r] }

// Reasons returns all of them.
func Reasons() []Reason {
	all := make([]Reason, reasons)
	for i := range all {
		all[i] = Reason(i)
	}
	return all
}

// Sanitized counts changed values by reason.
type Sanitized [reasons]int
