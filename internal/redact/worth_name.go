package redact

import (
	"strconv"
	"strings"
)

// modelPrefixes begin the names of language models, which no rule may take away: cost is computed from them.
var modelPrefixes = []string{
	"gpt-", "gpt4", "gpt3", "chatgpt-", "o1-", "o3-", "o4-", "codex-", "claude-", "gemini-", "gemma-", "llama", "mistral", "ministral-", "mixtral-", "codestral-", "devstral-", "magistral-", "pixtral-", "voxtral-", "deepseek-", "qwen", "grok-",
	"command-", "nova-", "titan-", "phi-", "glm-", "kimi-", "minimax-", "granite-", "jamba-", "voyage-", "text-embedding-", "embed-", "rerank-", "whisper-", "tts-", "dall-e-", "imagen-", "veo-", "sora-", "sonar-", "anthropic.", "amazon.", "meta.", "cohere.",
}

// regionPrefixes begin the names of Bedrock's inference profiles.
var regionPrefixes = []string{"us.", "eu.", "apac.", "global.", "jp.", "au.", "us-gov."}

// modelName reports the name of a language model, with a provider or a gateway before it or not.
func modelName(v string) bool {
	if !nameBytes(v) {
		return false
	}
	v = v[strings.LastIndexByte(v, '/')+1:]
	for _, p := range regionPrefixes {
		v = strings.TrimPrefix(v, p)
	}
	for _, p := range modelPrefixes {
		if len(v) > len(p) && foldEqual(v[:len(p)], p) {
			return true
		}
	}
	return false
}

var directions = wordSetOf("east west north south central northeast northwest southeast southwest")

// regionName reports a region or zone of a cloud: us-east-1, europe-west4-a.
func regionName(v string) bool {
	parts := strings.Split(v, "-")
	if len(parts) < 2 || len(parts) > 4 || len(v) > maxPlaceholder || !letters.all(parts[0]) || strings.ToLower(v) != v {
		return false
	}
	for _, p := range parts[1:] {
		if inSet(directions, strings.TrimRight(p, "0123456789")) {
			return true
		}
	}
	return false
}

var extensions = wordSetOf("go py js ts tsx jsx mjs md mdx rst txt log csv tsv json jsonl yaml yml toml ini conf cfg env xml html htm css scss svg png jpg jpeg gif webp pdf doc docx xls xlsx ppt pptx " +
	"java kt rs rb php cs cpp hpp swift scala sql sh bash zsh ps1 bat ipynb parquet zip tar gz tgz lock pem crt key")

// sourceFile reports a file, with or without a relative path.
func sourceFile(v string) bool {
	i := strings.LastIndexByte(v, '.')
	return i > 0 && nameBytes(v) && inSet(extensions, v[i+1:]) && !credentialLike(v[:i])
}

// decimal reports a number with a fraction or an exponent, such as a price or a measurement.
func decimal(v string) bool {
	if !strings.ContainsAny(v, ".eE") || strings.Trim(v, "0123456789+-.eE") != "" {
		return false
	}
	_, err := strconv.ParseFloat(v, 64)
	return err == nil || strings.Contains(err.Error(), "range")
}

// hostLike reports the name or number of a host, with or without a port, and an e-mail address.
func hostLike(v string) bool {
	host := v
	if i := strings.LastIndexByte(v, '@'); i > 0 {
		if user := v[:i]; !nameBytes(user) {
			return false
		}
		host = v[i+1:]
	}
	if i := strings.LastIndexByte(host, ':'); i > 0 && digits.all(host[i+1:]) && len(host)-i <= 6 {
		host = host[:i]
	}
	if host == "localhost" {
		return true
	}
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 {
		return false
	}
	if len(labels) == 4 && digits.all(strings.ReplaceAll(host, ".", "")) {
		return true
	}
	for _, l := range labels {
		if l == "" || !lowerNum.all(strings.ReplaceAll(l, "-", "")) {
			return false
		}
	}
	return len(last) >= 2 && len(last) <= 12 && featuresOf(last).digit == 0 && !credentialLike(host)
}

// identities begin the names of attributes whose values are words: names of services, hosts and models, by which telemetry is put together.
// See the attribute registry of the OpenTelemetry semantic conventions.
var identities = []string{
	"service.", "host.", "server.", "client.", "network.", "k8s.", "container.", "cloud.", "deployment.", "telemetry.", "os.", "faas.", "db.namespace", "db.system", "db.collection.name",
	"gen_ai.request.model", "gen_ai.response.model", "gen_ai.provider.name", "gen_ai.system", "gen_ai.agent.", "gen_ai.conversation.id", "gen_ai.tool.name", "gen_ai.response.id",
	"session.id", "user.id", "enduser.id", "tenant.id", "thread.", "code.", "llm.model_name", "ai.model.id", "langfuse.session.id", "langfuse.user.id",
}

// identity reports the name of an attribute whose value names something.
func identity(name string) bool {
	for _, p := range identities {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// traceID reports a value that is written as the ids of traces and spans are.
func traceID(v string) bool { return (len(v) == 32 || len(v) == 16) && allHex(v) }
