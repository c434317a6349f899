package llmcost

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tokencount"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// EstimateConfig says whether and how tokens are estimated where a call states
// none.
type EstimateConfig struct {
	// Enabled turns estimates on. On by default; they are always flagged.
	Enabled bool `mapstructure:"enabled"`
	// MaxBytes is how much text of a span is counted; what is beyond is
	// extrapolated. 65536 by default. Counting a kilobyte takes a millisecond.
	MaxBytes int `mapstructure:"max_bytes"`
	// Workers is how many spans are counted at the same time; half of the
	// processors by default. When all are busy, and as many spans wait again, a
	// span is guessed by its length.
	Workers int `mapstructure:"workers"`
	// Calibration learns, from calls that state their usage, by how much the count
	// is off for each model. On by default.
	Calibration bool `mapstructure:"calibration"`
	// MinSamples is how many such calls of a model are needed before what was
	// learnt is used; 20 by default.
	MinSamples int `mapstructure:"min_samples"`

	_ struct{}
}

// estimator counts tokens of spans that state none.
type estimator struct {
	config    EstimateConfig
	telemetry *metadata.TelemetryBuilder
	counter   tokencount.Counter
	busy      chan struct{} // holds one for each worker at work
	waiting   atomic.Int64
	learnt    calibration
}

func newEstimator(config EstimateConfig, telemetry *metadata.TelemetryBuilder) *estimator {
	workers := config.Workers
	if workers == 0 {
		workers = max(1, runtime.GOMAXPROCS(0)/2)
	}
	return &estimator{
		config:    config,
		telemetry: telemetry,
		counter:   tokencount.Counter{MaxBytes: config.MaxBytes},
		busy:      make(chan struct{}, workers),
		learnt:    calibration{minSamples: config.MinSamples, models: map[modelName]*learnt{}},
	}
}

// enter takes a worker's place, and waits for one where wait is set. It returns
// false where there is none to be had.
func (e *estimator) enter(wait bool) bool {
	select {
	case e.busy <- struct{}{}:
		return true
	default:
	}
	if !wait || e.waiting.Add(1) > int64(cap(e.busy)) {
		if wait {
			e.waiting.Add(-1)
		}
		return false
	}
	defer e.waiting.Add(-1)
	e.busy <- struct{}{}
	return true
}

func (e *estimator) leave() { <-e.busy }

// estimate returns how many tokens the content of a span has, as usage that was
// not reported. It returns false where there is no content, or where what there
// is was cut off on its way.
func (e *estimator) estimate(v *genai.View, name modelName) (genai.Usage, bool) {
	in, hasIn := v.InputText()
	out, hasOut := v.OutputText()
	if in.Truncated || out.Truncated || !hasIn && !hasOut {
		return genai.Usage{}, false
	}
	family := tokencount.FamilyOf(name.model)
	var input, output float64
	if e.enter(true) {
		input = e.count(&family, in, v.ToolText(), true)
		output = e.count(&family, out, "", false)
		e.leave()
	} else {
		input = tokencount.Guess(texts(in)...) + tokencount.Guess(v.ToolText())
		output = tokencount.Guess(texts(out)...)
	}
	if ratio, ok := e.learnt.ratio(name); ok {
		input *= ratio.input
		output *= ratio.output
	} else {
		input *= family.Scale(texts(in)...)
		output *= family.Scale(texts(out)...)
	}
	return genai.Usage{
		Input: int64(input + 0.5), HasInput: hasIn, ReportedInput: int64(input + 0.5),
		Output: int64(output + 0.5), HasOutput: hasOut, ReportedOutput: int64(output + 0.5),
		Mode: genai.InputAssumed,
	}, true
}

// Overheads of OpenAI's chat format in tokens (the counting recipe of its
// cookbook): what a message costs beside its text, what its sender's name does,
// and what the primer of the answer does. A function's definition costs about
// eight beside its JSON (llmcost reference 5.3).
const (
	perMessage  = 3
	perName     = 1
	perPrimer   = 3
	perFunction = 8
)

// count returns the tokens of a conversation in the family's encoding.
func (e *estimator) count(family *tokencount.Family, c genai.Conversation, tools string, given bool) float64 {
	all := texts(c)
	if tools != "" {
		all = append(all, tools)
	}
	overhead := 0.0
	if given {
		for i := range c.Messages {
			overhead += perMessage
			all = append(all, c.Messages[i].Role)
			if c.Messages[i].Name != "" {
				overhead += perName
				all = append(all, c.Messages[i].Name)
			}
		}
		if len(c.Messages) > 0 {
			overhead += perPrimer
		}
		overhead += perFunction * float64(strings.Count(tools, `"parameters"`))
	}
	return e.counter.Count(family.Encoding, all...) + overhead
}

func texts(c genai.Conversation) []string {
	all := make([]string, 0, len(c.Messages)+1)
	for i := range c.Messages {
		all = append(all, c.Messages[i].Text)
	}
	return all
}

// learn compares what a call reports with what would have been counted, at most
// once in a while for each model and only when nobody waits for the counter.
func (e *estimator) learn(ctx context.Context, v *genai.View, name modelName, usage *genai.Usage, now time.Time) {
	if !e.config.Calibration || !e.learnt.due(name, now) {
		return
	}
	in, hasIn := v.InputText()
	out, hasOut := v.OutputText()
	if in.Truncated || out.Truncated || !hasIn || !hasOut || in.Bytes() < minSampleBytes || out.Bytes() == 0 || hasMedia(in) {
		return
	}
	if !e.enter(false) {
		return
	}
	defer e.leave()
	family := tokencount.FamilyOf(name.model)
	input := e.count(&family, in, v.ToolText(), true)
	output := e.count(&family, out, "", false)
	// Reasoning is paid for and not shown.
	shown := usage.Output - usage.Reasoning
	if e.learnt.add(name, float64(usage.Input)/input, float64(shown)/output) {
		e.telemetry.ProcessorLlmCostCalibrationSamples.Add(ctx, 1)
	}
}

// minSampleBytes is the least text that says something about a tokenizer.
const minSampleBytes = 200

func hasMedia(c genai.Conversation) bool {
	for i := range c.Messages {
		if c.Messages[i].Media > 0 {
			return true
		}
	}
	return false
}

// calibration is what has been learnt of models: the mean ratio of reported
// tokens to counted ones.
type calibration struct {
	minSamples int

	mu     sync.Mutex
	models map[modelName]*learnt
}

type learnt struct {
	samples       int
	last          time.Time
	input, output float64
}

const (
	// sampleInterval is the least time between two samples of a model.
	sampleInterval = 10 * time.Second
	// sampleWeight is how much a new sample moves the mean.
	sampleWeight = 0.1
	// maxCalibrated bounds how many models are learnt: names come from outside.
	maxCalibrated = 1000
	// A ratio beyond these does not come from a tokenizer: content is missing.
	minRatio, maxRatio = 0.5, 3
)

// due reports whether a sample of the model is wanted now, and takes the turn.
func (c *calibration) due(name modelName, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.models[name]
	if at == nil {
		if len(c.models) >= maxCalibrated {
			return false
		}
		at = &learnt{}
		c.models[name] = at
	}
	if now.Sub(at.last) < sampleInterval {
		return false
	}
	at.last = now
	return true
}

// add takes a sample in, and reports whether it was believable.
func (c *calibration) add(name modelName, input, output float64) bool {
	if !(input >= minRatio && input <= maxRatio && output >= minRatio && output <= maxRatio) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.models[name]
	if at.samples == 0 {
		at.input, at.output = input, output
	}
	// An even mean of the first samples, an exponential one afterwards.
	weight := max(sampleWeight, 1/float64(at.samples+1))
	at.input += weight * (input - at.input)
	at.output += weight * (output - at.output)
	at.samples++
	return true
}

func (c *calibration) ratio(name modelName) (learnt, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.models[name]
	if at == nil || at.samples < c.minSamples {
		return learnt{}, false
	}
	return *at, true
}
