package cli

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAnErrorIsOneSentence(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"a misspelt key": {
			"failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):\n\n'processors' error reading configuration for \"llm_cost\": decoding failed due to the following error(s):\n\n'llmcost.Config' has invalid keys: exsting_cost\n",
			"processors::llm_cost does not have the key exsting_cost: see the options in the component's README for how it is spelled",
		},
		"a component that is not there": {
			"failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):\n\n'processors' unknown type: \"lm_cost\" for id: \"lm_cost\" (valid values: [batch llm_cost])",
			`'processors' unknown type: "lm_cost" for id: "lm_cost" (valid values: [batch llm_cost])`,
		},
		"a number that is none": {
			"failed to get config: cannot unmarshal the configuration: decoding failed due to the following error(s):\n\n'processors' error reading configuration for \"memory_limiter\": decoding failed due to the following error(s):\n\n'limit_mib' expected type 'uint32', got unconvertible type 'string'",
			"processors::memory_limiter::limit_mib: is of type string; write one of type uint32",
		},
		"a variable": {
			"failed to get config: cannot resolve the configuration: cannot retrieve the configuration: LANGFUSE_PUBLIC_KEY: needs LANGFUSE_SECRET_KEY beside it",
			"LANGFUSE_PUBLIC_KEY: needs LANGFUSE_SECRET_KEY beside it",
		},
		"two, on a line each": {
			"no exporter configuration specified in config\nservice::pipelines::traces: must have at least one receiver",
			"no exporter configuration specified in config; service::pipelines::traces: must have at least one receiver; add exporters, or give config/gateway.yaml and files of config/destinations/ after config/otelcol.yaml",
		},
		"a gateway that is not named": {
			`exporters::otlp_grpc: requires a non-empty "endpoint"`,
			`exporters::otlp_grpc: requires a non-empty "endpoint"; set it, which config/sidecar.yaml does from OTELCOL_GATEWAY_ENDPOINT`,
		},
		"a command that is not there": {
			"unknown command \"chek\" for \"otelcol-llm\"\n\nDid you mean this?\n\tcheck\n",
			`unknown command "chek" for "otelcol-llm"; Did you mean this? check`,
		},
		"one that moves a terminal": {"no \x1b]52;c;aGk=\x07trace \u009b31m\u202ehere", "no ]52;c;aGk=trace 31mhere"},
		"another":                   {"cannot start pipelines: failed to start \"otlp\" receiver: listen tcp", "cannot start pipelines: failed to start \"otlp\" receiver: listen tcp"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, Sentence(errors.New(test.in)))
		})
	}
}
